import { Refusal, refuse } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import { frameOf, rowsOf, stepsOf } from './compute.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom } from './context.ts';
import { LinkedRecords } from './linked-records.ts';
import { writeNeeds } from './needs.ts';
import { PickedRecords } from './picked-records.ts';

/** A draft with every default and computed field, and the linked records that were read for it. */
export interface Settled {
  readonly draft: DraftRow;
  readonly linked: LinkedRecords;
}

/**
 * Computes a draft; the given one stays as it is. A link that a default fills in was not known beforehand: the step
 * that first reads its record waits until it is loaded, and runs again.
 *
 * Throws a refusal when a number or a text grows beyond what a value may hold.
 *
 * @param at pointer of the record in the request
 */
export async function settle(entity: Entity, given: DraftRow, from: ReadFrom, at: string): Promise<Settled> {
  const { drafts, linked } = await settleTogether(entity, [given], from, at);
  const draft = drafts[0] as DraftRow | Refusal;
  if (draft instanceof Refusal) throw draft;
  return { draft, linked };
}

/** Drafts that were computed together, in the order of what was given. */
export interface SettledTogether {
  /** A refusal where one could not be computed. */
  readonly drafts: readonly (DraftRow | Refusal)[];
  readonly linked: LinkedRecords;
  /** Whether their computation looked at records of an entity: it then did not see those that stand beside them. */
  hasReadOf(entity: string): boolean;
}

/** As `settle`, for several new records of an entity: what they read is read for all of them at once. */
export async function settleTogether(
  entity: Entity,
  given: readonly DraftRow[],
  from: ReadFrom,
  at: string,
): Promise<SettledTogether> {
  const linked = new LinkedRecords(from, writeNeeds(entity));
  await linked.load(given);
  const picked = new PickedRecords(from);
  const context = new SettleContext(from, linked, picked);
  const works = given.map((each): Work => {
    const draft = copyOf(each, entity);
    return { draft, frame: frameOf(draft, context), refusal: null };
  });
  for (const run of stepsOf(entity.computation)) {
    let open: readonly Work[] = works;
    while (open.length > 0) {
      open = open.filter((work) => !isThrough(work, run, context, at));
      if (!context.isIncomplete) break;
      // What is picked by may hang on a link that is not known yet: first the links.
      if (linked.isIncomplete) await linked.loadMissing();
      else await picked.loadMissing();
    }
  }
  await linked.load(works.map(({ draft }) => draft));
  return {
    drafts: works.map(({ draft, refusal }) => refusal ?? draft),
    linked,
    hasReadOf: (name) => linked.hasReadOf(name) || picked.hasReadOf(name),
  };
}

/** A draft under computation. */
interface Work {
  readonly draft: DraftRow;
  readonly frame: ReturnType<typeof frameOf>;
  refusal: Refusal | null;
}

type Step = ReturnType<typeof stepsOf>[number];

/** Runs a step. False where it asked for what is not loaded yet, and must run again. */
function isThrough(work: Work, run: Step, context: SettleContext, at: string): boolean {
  if (work.refusal !== null) return true;
  const asked = context.askedInVain;
  try {
    run(work.draft, work.frame, context);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    work.refusal = refuse('invalid', { faults: [{ pointer: at, code: 'not-computable' }], cause: error });
    return true;
  }
  return context.askedInVain === asked;
}

class SettleContext {
  readonly linked: LinkedRecords['linked'];
  readonly idByKey: LinkedRecords['idByKey'];
  readonly pick: PickedRecords['pick'];
  readonly globals: ReadFrom['globals'];
  readonly today: string;
  readonly now: string;
  readonly #records: LinkedRecords;
  readonly #picked: PickedRecords;

  constructor({ globals, today, now }: ReadFrom, records: LinkedRecords, picked: PickedRecords) {
    this.linked = records.linked;
    this.idByKey = records.idByKey;
    this.pick = picked.pick;
    this.globals = globals;
    this.today = today;
    this.now = now;
    this.#records = records;
    this.#picked = picked;
  }

  get askedInVain(): number {
    return this.#records.askedInVain + this.#picked.askedInVain;
  }

  get isIncomplete(): boolean {
    return this.#records.isIncomplete || this.#picked.isIncomplete;
  }
}

const blanks = new WeakMap<Entity, DraftRow>();

/** Every field of an entity, absent: rows that begin with it have one shape, which makes working on them faster. */
function blankOf(entity: Entity): DraftRow {
  let blank = blanks.get(entity);
  if (blank === undefined) {
    blank = { id: undefined };
    for (const { name } of entity.fields) blank[name] = undefined;
    blanks.set(entity, blank);
  }
  return blank;
}

function copyOf(draft: DraftRow, entity: Entity): DraftRow {
  const copy = { ...blankOf(entity), ...draft };
  for (const { name, target } of entity.linesFields) {
    const blank = blankOf(target as Entity);
    copy[name] = rowsOf(draft, name).map((row) => ({ ...blank, ...row }));
  }
  return copy;
}
