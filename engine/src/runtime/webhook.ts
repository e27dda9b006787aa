import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { EffectFault } from './effect-fault.ts';
import { isPublicAddress } from './public-address.ts';

/** From the first byte sent to the last of the answer's head. */
const TIME_MAX_MS = 5_000;

/** A call to an address outside. */
export interface WebhookCall {
  readonly url: string;
  /** Names the delivery, the same for every try: receivers take it once. */
  readonly delivery: string;
  readonly body: string;
  /** Key of the signature. */
  readonly key: string;
}

export interface WebhookOptions {
  /** All addresses of a host. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly mayReach?: (address: string) => boolean;
  /** Certificates that are believed besides those of the system, PEM. */
  readonly authority?: string;
}

export type CallWebhook = (call: WebhookCall, signal: AbortSignal) => Promise<void>;

/**
 * Makes what calls addresses outside. A host is resolved first; unless all its addresses are public it is not called
 * (promise I5), and the call goes to the very address that was looked at. Redirects are not followed. An answer other
 * than 2xx is a fault.
 *
 * The body is signed: `X-Rangka-Signature: sha256=<hex>` is the HMAC-SHA-256 of `<X-Rangka-Timestamp>.<body>`.
 */
export function webhookCaller({
  resolve = resolveAll,
  mayReach = isPublicAddress,
  authority,
}: WebhookOptions = {}): CallWebhook {
  return async ({ url, delivery, body, key }, signal) => {
    const target = new URL(url);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const address = await reachableAddress(host, resolve, mayReach);
    if (address === null || target.protocol !== 'https:') throw new EffectFault('webhook-address', { host });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
    const bytes = Buffer.from(body);
    const status = await new Promise<number>((done, fail) => {
      const call = request(
        {
          host: address,
          port: target.port === '' ? 443 : Number(target.port),
          path: `${target.pathname}${target.search}`,
          method: 'POST',
          // A certificate is for the host that was named, not for its address.
          ...(isIP(host) === 0 ? { servername: host } : {}),
          agent: false,
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIME_MAX_MS)]),
          ...(authority === undefined ? {} : { ca: authority }),
          headers: {
            Host: target.host,
            'Content-Type': 'application/json; charset=utf-8',
            'Content-Length': String(bytes.length),
            'User-Agent': 'Rangka',
            'X-Rangka-Delivery': delivery,
            'X-Rangka-Timestamp': timestamp,
            'X-Rangka-Signature': `sha256=${signature}`,
          },
        },
        (answer) => {
          // Nobody reads what comes back: a receiver cannot keep us with an endless answer.
          answer.destroy();
          done(answer.statusCode ?? 0);
        },
      );
      call.once('error', fail);
      call.end(bytes);
    }).catch((error: unknown) => {
      throw new EffectFault('webhook-unreachable', { host }, { cause: error });
    });
    if (status < 200 || status > 299) throw new EffectFault('webhook-answer', { host, status: String(status) });
  };
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
}

/** The address to call; null when any address of the host is one that may not be reached. */
async function reachableAddress(
  host: string,
  resolve: NonNullable<WebhookOptions['resolve']>,
  mayReach: NonNullable<WebhookOptions['mayReach']>,
): Promise<string | null> {
  let addresses: readonly string[];
  try {
    addresses = isIP(host) === 0 ? await resolve(host) : [host];
  } catch (error) {
    throw new EffectFault('webhook-unreachable', { host }, { cause: error });
  }
  return addresses.every((address) => mayReach(address)) ? (addresses[0] ?? null) : null;
}
