import type { IncomingMessage } from 'node:http';

const ADDRESS_LENGTH_MAX = 45;

/**
 * The address a request came from. Each reverse proxy of ours appends the address that called it to
 * `X-Forwarded-For`, so with `proxies` of them the caller stands that many places from the right; what a caller wrote
 * there stands further left and is not believed.
 */
export function clientAddress(request: IncomingMessage, proxies: number): string {
  // A socket for both families writes IPv4 addresses as IPv6 ones (RFC 4291, section 2.5.5.2).
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const header = proxies === 0 ? undefined : request.headers['x-forwarded-for'];
  if (header === undefined) return peer;
  const hops = (Array.isArray(header) ? header.join(',') : header).split(',').map((hop) => hop.trim());
  const caller = hops.at(-proxies) ?? hops[0] ?? '';
  return caller === '' || caller.length > ADDRESS_LENGTH_MAX ? peer : caller;
}
