import { storedInstant } from '../base/clock.ts';
import { differencesOf } from '../compiler/differences.ts';
import type { Difference } from '../compiler/differences.ts';
import { fold } from '../compiler/fold.ts';
import type { DocumentKind } from '../compiler/kinds.ts';
import { parse } from '../compiler/parse.ts';
import type { Body } from '../compiler/parse.ts';
import type { Reader, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { CompanyRuntime } from './company.ts';
import type { ModelCache } from './model-cache.ts';

const LIST = statement(`SELECT kind, name, base FROM ${table('rk_metadata_base')}`);
const FORGET = statement(`DELETE FROM ${table('rk_metadata_base')} WHERE kind = ? AND name = ?`);
const KEEP = statement(`INSERT INTO ${table('rk_metadata_base')} (kind, name, base, updated_at) VALUES (?, ?, ?, ?)`);

/** What the standard said at each place when the company said something else there. */
type Base = Readonly<Record<string, Noted>>;

/** `standard` is absent where the standard said nothing. */
interface Noted {
  readonly standard?: unknown;
  readonly said: unknown;
}

/** A place where a company differs from the standard. */
export interface CompanyDifference extends Difference {
  readonly kind: DocumentKind;
  readonly name: string;
  /** The standard has changed there since the company did: somebody should choose. */
  readonly isConflict: boolean;
  /** What the standard said when the company differed; like `standard` where there is no conflict. */
  readonly was: unknown;
}

/** Where a company differs from its modules, and where these have moved on since (the third side of a three-way merge). */
export async function companyDifferences(
  models: ModelCache,
  { database, modules, layer }: CompanyRuntime,
): Promise<readonly CompanyDifference[]> {
  if (layer.documents.length === 0) return [];
  const standard = standardOf(models, modules);
  const bases = await readBases(database);
  return layer.documents.flatMap(({ kind, name, document }) => {
    const lower = standard.get(`${kind} ${name}`);
    if (lower === undefined) return [];
    const base = bases.get(`${kind} ${name}`) ?? {};
    return differencesOf(kind, lower, document).map((each) => {
      const noted = base[each.pointer];
      // What the company said anew since, it said of the standard as it is.
      const isKnown = noted !== undefined && isSame(noted.said, each.said);
      const isConflict = isKnown && !isSame(noted.standard, each.standard);
      return { kind, name, ...each, isConflict, was: isConflict ? noted.standard : each.standard };
    });
  });
}

/**
 * Notes what the standard says wherever the company differs; to be called whenever the company's layer was published.
 * What was noted of places where the company says the same as before stays: a conflict is open until somebody settles it.
 */
export async function noteStandard(models: ModelCache, company: CompanyRuntime): Promise<void> {
  await writeBases(company, await companyDifferences(models, company), ({ was }) => was);
}

/** Settles a conflict: the company goes on differing, knowing what the standard says by now. */
export async function keepDifference(
  models: ModelCache,
  company: CompanyRuntime,
  place: Pick<CompanyDifference, 'kind' | 'name' | 'pointer'>,
): Promise<boolean> {
  const differences = await companyDifferences(models, company);
  const isPlace = (each: CompanyDifference): boolean =>
    each.kind === place.kind && each.name === place.name && each.pointer === place.pointer;
  if (!differences.some(isPlace)) return false;
  await writeBases(company, differences, (each) => (isPlace(each) ? each.standard : each.was));
  return true;
}

async function writeBases(
  { database }: CompanyRuntime,
  differences: readonly CompanyDifference[],
  standardFor: (difference: CompanyDifference) => unknown,
): Promise<void> {
  const bases = new Map<string, Record<string, Noted>>();
  for (const each of differences) {
    const key = `${each.kind} ${each.name}`;
    const base = bases.get(key) ?? {};
    base[each.pointer] = { standard: standardFor(each), said: each.said };
    bases.set(key, base);
  }
  await database.transaction(async (session) => {
    const former = await readBases(session);
    for (const key of new Set([...former.keys(), ...bases.keys()])) {
      const [kind = '', name = ''] = key.split(' ');
      const base = bases.get(key);
      if (isSame(former.get(key), base)) continue;
      await replaceBase(session, kind, name, base);
    }
  });
}

async function replaceBase(session: Session, kind: string, name: string, base: Base | undefined): Promise<void> {
  await session.run(FORGET, [kind, name]);
  if (base !== undefined) await session.run(KEEP, [kind, name, JSON.stringify(base), storedInstant(Date.now())]);
}

async function readBases(reader: Reader): Promise<ReadonlyMap<string, Base>> {
  const rows = await reader.all(LIST, []);
  return new Map(
    rows.map((row) => [`${String(row['kind'])} ${String(row['name'])}`, JSON.parse(String(row['base'])) as Base]),
  );
}

function standardOf(models: ModelCache, modules: ReadonlySet<string>): ReadonlyMap<string, Body> {
  const silent = (): undefined => undefined;
  const folded = fold(parse(models.layersOf(modules), silent), silent);
  return new Map(folded.map(({ kind, name, body }) => [`${kind} ${name}`, body]));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
