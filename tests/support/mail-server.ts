import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A letter as it came over the wire. */
export interface Received {
  readonly to: readonly string[];
  /** Headers and body, with the line ends and soft breaks of the wire undone. */
  readonly text: string;
}

/** A mail server that takes every letter. */
export interface MailServer {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8').replaceAll('\r\n', '\n');
        received.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: text.replaceAll('=\n', '').replaceAll('=3D', '='),
        });
        done();
      });
    },
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
