import { createTransport } from 'nodemailer';
import { EffectFault } from './effect-fault.ts';

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** Names the letter, the same for every try: mail servers that see it twice may drop the second. */
  readonly delivery: string;
  readonly attachments: readonly { readonly filename: string; readonly content: Buffer }[];
}

/** Sends letters. Throws EffectFault. */
export interface Mailer {
  send(letter: Letter): Promise<void>;
  close(): void;
}

/** One plain address: nobody smuggles in a second receiver. */
const ADDRESS = /^[^\s@"<>(),;:\\[\]]{1,64}@[a-z0-9.-]{1,255}$/i;
const TIME_MAX_MS = 20_000;

/**
 * The mail server of the installation; without one every letter is refused, and waits among the failures.
 *
 * @param smtpUrl `smtp:` or `smtps:`; letters are from its user where that is an address
 * @param publicUrl the installation's own address, for the sender and the ids of letters
 */
export function openMailer(smtpUrl: string | null, publicUrl: string): Mailer {
  if (smtpUrl === null) {
    return {
      send: () => Promise.reject(new EffectFault('mail-not-set-up', {}, { isFinal: true })),
      close: () => undefined,
    };
  }
  const { hostname } = new URL(publicUrl);
  const user = decodeURIComponent(new URL(smtpUrl).username);
  const from = ADDRESS.test(user) ? user : `rangka@${hostname}`;
  const transport = createTransport(smtpUrl, { from });
  return {
    async send({ to, subject, body, delivery, attachments }) {
      if (!ADDRESS.test(to)) throw new EffectFault('mail-address', { address: to }, { isFinal: true });
      const letter = transport.sendMail({
        to,
        subject,
        text: body,
        messageId: `<${delivery}@${hostname}>`,
        attachments: attachments.map((each) => ({ ...each, contentType: 'application/pdf' })),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, fail) => {
        timer = setTimeout(() => fail(new Error('The mail server takes too long.')), TIME_MAX_MS);
      });
      try {
        await Promise.race([letter, late]);
      } catch (error) {
        throw new EffectFault('mail-refused', {}, { cause: error });
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => transport.close(),
  };
}
