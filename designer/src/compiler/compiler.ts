import type { Answers, Question } from './protocol.ts';

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
}

interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly failure?: string;
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const waiting = new Map<number, Waiting>();
let lastId = 0;

worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
  const asked = waiting.get(data.id);
  waiting.delete(data.id);
  if (data.failure === undefined) asked?.resolve(data.answer as never);
  else asked?.reject(new Error(data.failure));
});

/** Asks the compiler in its thread; answers come in the order of the questions. */
export function askCompiler<Asked extends Question>(question: Asked): Promise<Answers[Asked['ask']]> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, question });
  });
}
