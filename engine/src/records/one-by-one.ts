import { Refusal } from '../base/errors.ts';
import type { Transaction } from '../storage/database.ts';
import type { Authorized, OperationOf } from './authorized.ts';
import type { RecordContext } from './context.ts';
import { createTogether, mayCreateTogether, NotTogether } from './create-together.ts';
import { readyToCreate } from './create.ts';
import type { Written } from './create.ts';
import { NewRecordNotes } from './new-record-notes.ts';
import { readyToUpdate } from './update.ts';
import { writeUnit } from './write-unit.ts';
import type { WriteUnit } from './write-unit.ts';

/** A record to be written, or the refusal that was found before. */
export type Wish = Authorized<OperationOf<'create'> | OperationOf<'update'>> | Refusal;

/** What became of a wish. */
export type Outcome = Written | Refusal;

interface Choices {
  /** False tries everything and takes it back. */
  readonly keep: boolean;
  /** Runs in the transaction of each portion that is kept, last; `decided` holds the outcomes up to there. */
  readonly alongside: (transaction: Transaction, decided: readonly Outcome[]) => Promise<void>;
}

/** A record that was refused while it was written: what its transaction holds of it has to be taken back. */
class Broken extends Error {
  readonly index: number;
  readonly refusal: Refusal;

  constructor(index: number, refusal: Refusal) {
    super('A record was refused while it was written.');
    this.index = index;
    this.refusal = refusal;
  }
}

class TakenBack extends Error {}

/**
 * Writes records of which each may be refused by itself, with as few transactions as that allows: what is refused
 * leaves nothing, everything else stays. Later ones see what earlier ones wrote. One that is refused while it is
 * written ends a transaction; what stood before it is written anew without it. New records of one kind are first tried
 * with the same statements.
 */
export async function runOneByOne(
  context: RecordContext,
  wishes: readonly Wish[],
  { keep, alongside }: Choices,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const broken = new Map<number, Refusal>();
  let end = wishes.length;
  let isTogether = canBeTogether(wishes);
  while (outcomes.length < wishes.length) {
    const begin = outcomes.length;
    const run = async (whole: WriteUnit): Promise<readonly Outcome[]> => {
      const later = new NewRecordNotes();
      const unit = { ...whole, later };
      const made: Outcome[] = [];
      if (isTogether) made.push(...(await writtenTogether(unit, wishes)));
      else {
        for (let index = begin; index < end; index += 1) {
          const wish = broken.get(index) ?? (wishes[index] as Wish);
          made.push(wish instanceof Refusal ? wish : await written(unit, wish, index));
        }
      }
      if (!keep) throw Object.assign(new TakenBack(), { made });
      await later.write(whole.transaction);
      return made;
    };
    try {
      const beforeCommit: RecordContext['beforeCommit'] = (transaction, made) =>
        alongside(transaction, [...outcomes, ...(made as readonly Outcome[])]);
      outcomes.push(...(await writeUnit({ ...context, beforeCommit }, run)));
      end = wishes.length;
    } catch (error) {
      if (error instanceof TakenBack) {
        outcomes.push(...(error as TakenBack & { readonly made: readonly Outcome[] }).made);
        end = wishes.length;
      } else if (error instanceof NotTogether) {
        isTogether = false;
      } else if (error instanceof Broken) {
        broken.set(error.index, error.refusal);
        if (error.index > begin) end = error.index;
      } else throw error;
    }
  }
  return outcomes;
}

/** Whether everything that is wished for are new records of one entity. */
function canBeTogether(wishes: readonly Wish[]): boolean {
  const entities = new Set(wishes.flatMap((wish) => (wish instanceof Refusal ? [] : [wish.entity])));
  const [entity] = entities;
  return (
    entity !== undefined &&
    entities.size === 1 &&
    mayCreateTogether(entity) &&
    wishes.every((wish) => wish instanceof Refusal || wish.operation.kind === 'create')
  );
}

async function writtenTogether(unit: WriteUnit, wishes: readonly Wish[]): Promise<readonly Outcome[]> {
  const creates = wishes.filter((wish): wish is Authorized<OperationOf<'create'>> => !(wish instanceof Refusal));
  const [first] = creates;
  if (first === undefined) return wishes as readonly Refusal[];
  const made = (await createTogether(unit, first.entity, creates)).values();
  return wishes.map((wish) => (wish instanceof Refusal ? wish : (made.next().value as Outcome)));
}

async function written(unit: WriteUnit, wish: Exclude<Wish, Refusal>, index: number): Promise<Outcome> {
  let write: () => Promise<Written>;
  try {
    write = await ready(unit, wish);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  try {
    return await write();
  } catch (error) {
    if (error instanceof Refusal) throw new Broken(index, error);
    throw error;
  }
}

function ready(unit: WriteUnit, wish: Exclude<Wish, Refusal>): Promise<() => Promise<Written>> {
  return wish.operation.kind === 'create'
    ? readyToCreate(unit, wish as Authorized<OperationOf<'create'>>, '')
    : readyToUpdate(unit, wish as Authorized<OperationOf<'update'>>, '');
}
