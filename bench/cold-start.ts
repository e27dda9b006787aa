import { Engine } from './engine.ts';
import type { Place } from './place.ts';
import { median } from './statistics.ts';

const STARTS = 3;

/** Milliseconds from starting the engine on a company at work until it says that it is ready. */
export async function timeColdStart(place: Place): Promise<number> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const engine = await Engine.start(place.installation);
    times.push(engine.startMs);
    await engine.child.stop();
  }
  return median(times);
}
