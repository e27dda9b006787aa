import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';

const BODY_BYTES_MAX = 1_048_576;

/** An answer other than success; `status` and `code` go out as a problem (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly unknown[];
  readonly data: unknown;

  constructor(status: number, code: string, errors: readonly unknown[] = [], data?: unknown) {
    super(code);
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.data = data;
  }
}

/** The JSON object of a request. Throws Problem for anything else. */
export async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const bytes = await readBytes(request);
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Problem(400, 'malformed-body');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Problem(400, 'malformed-body');
  return body as Record<string, unknown>;
}

function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > BODY_BYTES_MAX) reject(new Problem(413, 'too-large'));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

export function answer(context: Context, status: number, body: unknown): void {
  context.status = status;
  context.type = 'application/json; charset=utf-8';
  context.body = JSON.stringify(body);
}

const INVOICES = /^\/api\/v1\/records\/sales\.invoice\/(\d{1,18})\/actions\/submit$/;

/** The invoice that a path submits; null for every other path. */
export function submittedInvoice(path: string): number | null {
  const match = INVOICES.exec(path);
  return match === null ? null : Number(match[1]);
}

const RECORDS = /^\/api\/v1\/records\/(sales\.customer|sales\.order)(?:\/(\d{1,18}))?$/;

/** Which of the two entities a path means, and which record of it. Throws Problem for other paths. */
export function routeOf(path: string): {
  readonly entity: 'sales.customer' | 'sales.order';
  readonly id: string | null;
} {
  const match = RECORDS.exec(path);
  if (match === null) throw new Problem(404, 'not-found');
  return { entity: match[1] as 'sales.customer' | 'sales.order', id: match[2] ?? null };
}
