import type { Question } from './protocol.ts';
import { Workbench } from './workbench.ts';

/** The compiler in a thread of its own, so that typing never waits for it. */
const workbench = new Workbench();

self.addEventListener('message', ({ data }: MessageEvent<{ readonly id: number; readonly question: Question }>) => {
  const { id, question } = data;
  try {
    self.postMessage({ id, answer: workbench.answer(question) });
  } catch (error) {
    self.postMessage({ id, failure: error instanceof Error ? error.message : String(error) });
  }
});
