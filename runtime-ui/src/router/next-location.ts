/**
 * Where to go after signing in, as the address `?next=` asks for. Only places of our own count: an address that a
 * stranger made must not lead away.
 */
export function nextLocation(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
}
