import autocannon from 'autocannon';
import type { Answered, Call, Calls, Operation } from './operations.ts';
import type { Target } from './target.ts';

/** What one server did in one round. */
export interface Round {
  readonly requestsPerSecond: number;
  /** Of the server's process; a database server beside it is not counted. */
  readonly cpuMsPerRequest: number;
  /** Milliseconds from sending to the end of the answer, in ascending order. */
  readonly latencies: Float64Array;
  /** Share of one processor that sending took. */
  readonly senderLoad: number;
}

/** The body of every so many answers is read and looked at; the status of every one is. */
const LOOKED_AT_EVERY = 20;

/** Sends one operation to one server, over so many connections, for so long. Throws when any answer is wrong. */
export async function runRound(
  operation: Operation,
  target: Target,
  connections: number,
  seconds: number,
): Promise<Round> {
  const latencies: number[] = [];
  const wrong: string[] = [];
  let connection = 0;
  let lastAnswer = 0;

  const usedBefore = await target.child.usage();
  const sentBefore = process.cpuUsage();
  const began = performance.now();
  const result = await autocannon({
    url: target.origin,
    connections,
    duration: seconds,
    sampleInt: 100,
    setupClient(client) {
      const calls = operation.callsOf(target.name, connection);
      connection += 1;
      client.setRequests(requestsFor(calls, target, wrong));
      client.on('response', (_status, _bytes, milliseconds) => {
        latencies.push(milliseconds);
        lastAnswer = performance.now();
      });
    },
  });
  const sent = process.cpuUsage(sentBefore);
  const used = await target.child.usage();

  const failures = result.non2xx + result.errors + result.timeouts;
  if (failures > 0 || wrong.length > 0) {
    const what = wrong[0] ?? JSON.stringify(result.statusCodeStats);
    throw new Error(
      `${operation.name} on ${target.name}: ${failures} failures, ${wrong.length} wrong answers: ${what}`,
    );
  }
  const elapsed = lastAnswer - began;
  return {
    requestsPerSecond: (latencies.length / elapsed) * 1000,
    cpuMsPerRequest: (used.cpuMicroseconds - usedBefore.cpuMicroseconds) / latencies.length / 1000,
    latencies: Float64Array.from(latencies).sort(),
    senderLoad: (sent.user + sent.system) / 1000 / elapsed,
  };
}

function requestsFor(calls: Calls, target: Target, wrong: string[]): autocannon.Request[] {
  if (calls.kind === 'repeated') {
    return calls.calls.map((call, index) => ({
      ...requestOf(call, target),
      ...(index % LOOKED_AT_EVERY === 0 ? { onResponse: lookingAt(call, wrong) } : {}),
    }));
  }
  let current: Call;
  let count = 0;
  return [
    {
      setupRequest(request) {
        current = calls.next();
        return { ...request, ...requestOf(current, target) };
      },
      onResponse(status, body, _context, _headers) {
        current.answered?.();
        count += 1;
        if (count % LOOKED_AT_EVERY === 0) lookingAt(current, wrong)(status, body);
      },
    },
  ];
}

function requestOf({ method, path, body, headers }: Call, target: Target): autocannon.Request {
  return { method, path, headers: { ...target.headers, ...headers }, ...(body === undefined ? {} : { body }) };
}

function lookingAt(call: Call, wrong: string[]): (status: number, body: string) => void {
  return (status, body) => {
    if (status < 200 || status > 299 || !call.isRight(JSON.parse(body) as Answered)) {
      wrong.push(`${call.method} ${call.path} ${call.body ?? ''} → ${status} ${body.slice(0, 500)}`);
    }
  };
}
