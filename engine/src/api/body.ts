import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { refuse } from '../base/errors.ts';

/** Bytes of a JSON body, by the kind of route. */
export const BODY_BYTES_MAX = 1_048_576;
export const BULK_BODY_BYTES_MAX = 10_485_760;
const DEPTH_MAX = 32;
const KEYS_MAX = 200_000;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i;
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export type JsonObject = Readonly<Record<string, unknown>>;

function malformed(reason: string): Error {
  return refuse('malformed-body', { parameters: { reason } });
}

/** `10 MB`, for people. */
function sizeInWords(bytes: number): string {
  return `${Math.floor(bytes / 1_048_576)} MB`;
}

/** See `readJsonBody`, for doors that read other kinds of text. */
export async function readText(request: IncomingMessage, bytesMax: number): Promise<string> {
  const bytes = await readBytes(request, bytesMax);
  if (!isUtf8(bytes)) throw malformed('it is not UTF-8');
  return bytes.toString('utf8');
}

/** The bytes of a body. Refuses more than `bytesMax` as soon as that is known, and a body that is cut off. */
function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const tooLarge = (): Error => refuse('too-large', { parameters: { limit: sizeInWords(bytesMax) } });
  if (Number(request.headers['content-length']) > bytesMax) return Promise.reject(tooLarge());

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > bytesMax) finish(tooLarge());
      else chunks.push(chunk);
    };
    const onEnd = (): void => finish(null);
    const onBroken = (): void => finish(malformed('it ended early'));
    const finish = (error: Error | null): void => {
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      if (error === null) resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length));
      else {
        request.on('error', () => undefined).resume();
        reject(error);
      }
    };
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

/**
 * The JSON object that a request carries. Refuses other media types (415), too many bytes (413), and with a reason
 * what is not JSON, not an object, nested too deeply, or has a key twice or one that JavaScript gives a meaning (400).
 *
 * @param optional whether a request without a body stands for an empty object
 */
export async function readJsonBody(request: IncomingMessage, bytesMax: number, optional: boolean): Promise<JsonObject> {
  const type = request.headers['content-type'];
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (!hasBody && optional) return {};
  const charset = type === undefined ? undefined : CHARSET.exec(type)?.[1]?.toLowerCase();
  if (
    type === undefined ||
    !JSON_TYPE.test(type) ||
    (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
  ) {
    if (hasBody || type !== undefined) {
      request.resume();
      throw refuse('wrong-media-type', { parameters: { expected: 'application/json' } });
    }
    throw malformed('there is none');
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    request.resume();
    throw refuse('wrong-media-type', { parameters: { expected: 'application/json, uncompressed' } });
  }
  return parseJsonObject(await readBytes(request, bytesMax));
}

/** See `readJsonBody`. */
export function parseJsonObject(bytes: Buffer): JsonObject {
  if (!isUtf8(bytes)) throw malformed('it is not UTF-8');
  const text = bytes.toString('utf8');
  const { depth, keys } = scan(text);
  if (depth > DEPTH_MAX) throw malformed(`it is nested deeper than ${DEPTH_MAX} levels`);
  if (keys > KEYS_MAX) throw malformed(`it has more than ${KEYS_MAX} keys`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(whatJsonParseSays(error));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('it is not an object');
  if (countKeys(value) !== keys) throw malformed('a key stands twice in one object');
  return value as JsonObject;
}

/** The parser's own words without the excerpt of the body that some releases add. */
function whatJsonParseSays(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const place = /position (\d+)/.exec(message)?.[1];
  if (place !== undefined) return `an unexpected character stands at position ${place}`;
  return message.includes('end of JSON') ? 'it ends too early' : 'an unexpected character stands in it';
}

/**
 * Depth of nesting and number of keys, in one pass before parsing. Outside strings a colon stands exactly after a key,
 * so the keys of valid JSON are counted without building anything; comparing with what was built shows repeated keys.
 */
function scan(text: string): { readonly depth: number; readonly keys: number } {
  let depth = 0;
  let depthMax = 0;
  let keys = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x22: // a string: skip to its end
        index += 1;
        for (let code = text.charCodeAt(index); code !== 0x22 && index < text.length; code = text.charCodeAt(index)) {
          index += code === 0x5c ? 2 : 1;
        }
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > depthMax) depthMax = depth;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case 0x3a: // :
        keys += 1;
        break;
      default:
    }
  }
  return { depth: depthMax, keys };
}

function countKeys(value: object): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[])
      if (typeof item === 'object' && item !== null) count += countKeys(item);
    return count;
  }
  for (const [key, item] of Object.entries(value)) {
    if (UNSAFE_KEYS.has(key)) throw malformed(`the key “${key}” is not allowed`);
    count += 1;
    if (typeof item === 'object' && item !== null) count += countKeys(item as object);
  }
  return count;
}
