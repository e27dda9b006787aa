import type { Entity, Field } from '../compiler/model.ts';
import type { LinkNeeds } from '../compiler/computation.ts';
import type { Row } from '../expression/evaluation.ts';
import type { Dialect } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { quoted, table } from '../storage/statement.ts';
import { rowsOf } from './compute.ts';
import type { DraftRow } from './compute.ts';
import type { ReadFrom } from './context.ts';
import { idsByKey } from './keys.ts';
import { rememberedIds } from './remembered.ts';
import { attachRows } from './read-lines.ts';
import { idPortions, SizedStatement } from './sized-statement.ts';
import { draftOfTuple, idOf, storedEntity } from './stored-entity.ts';
import type { StoredColumn } from './stored-column.ts';

/** What is read of each linked entity: an id and the fields that expressions name. */
interface Selection {
  readonly entity: Entity;
  readonly columns: readonly StoredColumn[];
  /** Lines fields whose rows are read as well. */
  readonly lines: readonly Field[];
  readonly byIds: SizedStatement;
}

type Selections = ReadonlyMap<string, Selection>;

/** Links whose records an expression reads. */
export interface Needs {
  readonly record: readonly LinkNeeds[];
  readonly lines: Readonly<Record<string, readonly LinkNeeds[]>>;
}

const selections = new WeakMap<Needs, Partial<Record<Dialect, Selections>>>();

/**
 * The linked records that the expressions of one operation read. They are loaded in batches, one query per entity and
 * level of links, however many rows a record has.
 */
export class LinkedRecords {
  readonly #from: ReadFrom;
  readonly #needs: Needs;
  readonly #selections: Selections;
  readonly #rows = new Map<string, Map<string, Row | null>>();
  readonly #missing = new Map<string, Set<string>>();
  readonly #ids = new Map<string, Map<string, string | null>>();
  readonly #missingKeys = new Map<string, Set<string>>();
  #askedInVain = 0;

  constructor(from: ReadFrom, needs: Needs) {
    this.#from = from;
    this.#needs = needs;
    this.#selections = selectionsOf(needs, from);
  }

  /** The linked record as expressions see it; null when there is none, or when it is still to be loaded. */
  readonly linked = (entity: string, id: string): Row | null => {
    const row = this.#rows.get(entity)?.get(id);
    if (row === undefined) {
      this.#askedInVain += 1;
      setIn(this.#missing, entity).add(id);
    }
    return row ?? null;
  };

  /** The id of the record with this natural key; null when there is none, or when it is still to be looked up. */
  readonly idByKey = (entity: string, key: string): string | null => {
    const id = this.#ids.get(entity)?.get(key);
    if (id === undefined) {
      this.#askedInVain += 1;
      setIn(this.#missingKeys, entity).add(key);
    }
    return id ?? null;
  };

  /** Whether something was asked for that is not loaded yet. */
  get isIncomplete(): boolean {
    return this.#missing.size > 0 || this.#missingKeys.size > 0;
  }

  /** How often something was asked for that was not loaded: whoever raised it has to ask again. */
  get askedInVain(): number {
    return this.#askedInVain;
  }

  /** Whether records of this entity were looked at. */
  hasReadOf(entity: string): boolean {
    return this.#rows.has(entity) || this.#ids.has(entity);
  }

  /** False when the record was looked for and is not there; true when it is or when nobody looked. */
  mayExist(entity: string, id: string): boolean {
    return this.#rows.get(entity)?.get(id) !== null;
  }

  /** Loads what the computation of these records will ask for. */
  async load(drafts: readonly DraftRow[]): Promise<void> {
    let level: [LinkNeeds, readonly Row[]][] = this.#needs.record.map((need) => [need, drafts]);
    for (const [lines, needs] of Object.entries(this.#needs.lines)) {
      const rows = drafts.flatMap((draft) => rowsOf(draft, lines));
      if (rows.length > 0) for (const need of needs) level.push([need, rows]);
    }
    while (level.length > 0) {
      for (const [need, rows] of level) this.#ask(need, rows);
      await this.#loadMissing();
      level = level.flatMap(([need, rows]) => {
        if (need.nested.length === 0) return [];
        const known = this.#rows.get(need.target);
        const linked = rows.map((row) => known?.get(row[need.link] as string) ?? null).filter((row) => row !== null);
        return linked.length === 0 ? [] : need.nested.map((nested): [LinkNeeds, readonly Row[]] => [nested, linked]);
      });
    }
  }

  /** Loads what was asked for in vain. */
  async loadMissing(): Promise<void> {
    for (const [name, keys] of this.#missingKeys) {
      const entity = this.#from.model.entities.get(name) as Entity;
      const found = await rememberedIds(this.#from.reader, name, [...keys], (unknown) =>
        idsByKey(this.#from, entity, unknown),
      );
      const known = mapIn(this.#ids, name);
      for (const key of keys) known.set(key, found.get(key.toLowerCase()) ?? null);
    }
    this.#missingKeys.clear();
    await this.#loadMissing();
  }

  #ask(need: LinkNeeds, rows: readonly Row[]): void {
    const known = this.#rows.get(need.target);
    for (const row of rows) {
      const id = row[need.link];
      if (typeof id === 'string' && known?.get(id) === undefined) setIn(this.#missing, need.target).add(id);
    }
  }

  async #loadMissing(): Promise<void> {
    if (this.#missing.size === 0) return;
    for (const [name, ids] of this.#missing) {
      const selection = this.#selections.get(name) ?? selectionOf(this.#from, name, new Set());
      const rows = mapIn(this.#rows, name);
      for (const id of ids) rows.set(id, null);
      for (const portion of idPortions([...ids])) {
        const tuples = await this.#from.reader.tuples(selection.byIds.of(portion.length), portion);
        const drafts = tuples.map((tuple) => draftOfTuple(selection.columns, tuple, this.#from.cipher));
        for (const field of selection.lines) await attachRows(this.#from, field, drafts);
        for (const draft of drafts) rows.set(idOf(draft), draft);
      }
    }
    this.#missing.clear();
  }
}

function setIn(map: Map<string, Set<string>>, key: string): Set<string> {
  let set = map.get(key);
  if (set === undefined) map.set(key, (set = new Set()));
  return set;
}

function mapIn<T>(map: Map<string, Map<string, T>>, key: string): Map<string, T> {
  let inner = map.get(key);
  if (inner === undefined) map.set(key, (inner = new Map<string, T>()));
  return inner;
}

function selectionsOf(needs: Needs, from: ReadFrom): Selections {
  const known = selections.get(needs) ?? {};
  const { dialect } = from.reader;
  const made = known[dialect];
  if (made !== undefined) return made;

  const fields = new Map<string, Set<string>>();
  const gather = ({ target, fields: read, nested }: LinkNeeds): void => {
    const wanted = setIn(fields, target);
    for (const name of read) wanted.add(name);
    for (const each of nested) {
      wanted.add(each.link);
      gather(each);
    }
  };
  needs.record.forEach(gather);
  Object.values(needs.lines).flat().forEach(gather);
  const result = new Map([...fields].map(([name, wanted]) => [name, selectionOf(from, name, wanted)]));
  selections.set(needs, { ...known, [dialect]: result });
  return result;
}

function selectionOf(from: ReadFrom, name: string, fields: ReadonlySet<string>): Selection {
  const { dialect } = from.reader;
  const entity = from.model.entities.get(name) as Entity;
  const columns = storedEntity(entity, dialect).selected.filter(
    (column) => column.name === 'id' || fields.has(column.name),
  );
  const id = parameter(dialect, { kind: 'id' });
  const byIds = new SizedStatement(
    (count) =>
      `SELECT ${columns.map((column) => quoted(column.column)).join(', ')} FROM ${table(entity.table)} ` +
      `WHERE ${quoted('id')} IN (${Array.from({ length: count }, () => id).join(', ')})`,
  );
  const lines = entity.linesFields.filter((field) => fields.has(field.name));
  return { entity, columns, lines, byIds };
}
