/** One fault of a refused request, at a place in what was sent. */
export interface ProblemFault {
  /** JSON pointer: `/lines/3/quantity`; '' means the whole. */
  readonly pointer: string;
  readonly code: string;
  /** In the person's language. */
  readonly message: string;
}

interface ProblemBody {
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  readonly errors: readonly ProblemFault[];
  /** The record as it is now, when the request was refused as stale (412). */
  readonly data?: unknown;
}

/** A request that the server refused (RFC 9457), or that did not reach it: `status` is 0 then. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly faults: readonly ProblemFault[];
  readonly data: unknown;
  /** Seconds after which trying again makes sense; null when the server names none. */
  readonly retryAfterSeconds: number | null;

  constructor(status: number, body: Partial<ProblemBody>, retryAfterSeconds: number | null = null) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.name = 'ApiProblem';
    this.status = status;
    this.title = body.title ?? '';
    this.code = body.code ?? '';
    this.faults = body.errors ?? [];
    this.data = body.data;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The messages by pointer, the first one of each. */
  get messages(): Readonly<Record<string, string>> {
    const messages: Record<string, string> = {};
    for (const fault of this.faults) messages[fault.pointer] ??= fault.message;
    return messages;
  }

  /** Whether the same request may succeed a little later. */
  get isPassing(): boolean {
    return (
      this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504
    );
  }
}

/** Reads a refusal from an answer, whatever stands between us and the server may have put there instead. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const seconds = Number.isFinite(retryAfter) ? retryAfter : null;
  const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json') === true;
  if (!isProblem) return new ApiProblem(response.status, { title: response.statusText }, seconds);
  return new ApiProblem(response.status, (await response.json()) as Partial<ProblemBody>, seconds);
}
