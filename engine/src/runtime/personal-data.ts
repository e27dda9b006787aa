import { authorize } from '../access/authorize.ts';
import type { Entity, Model } from '../compiler/model.ts';
import type { Json } from '../metamodel/field-type.ts';
import { STATUS_FIELD } from '../metamodel/naming.ts';
import type { Actor, Condition, ListQuery } from '../metamodel/operation.ts';
import type { OperationOf } from '../records/authorized.ts';
import { holdsPersonalData } from '../records/personal.ts';
import { runOperation } from '../records/run.ts';
import type { Answers } from '../records/run.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import type { RecordOperation } from '../metamodel/operation.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import { instantOf } from '../base/clock.ts';
import { recordContext } from './company.ts';
import type { CompanyRuntime } from './company.ts';

/** Everything that a company keeps about one person: a record whose entity is marked so, and what links to it. */

const PAGE = 200;
const DRAFT = 'draft';

/** Records of one entity that link to a person. */
export interface LinkedRecords {
  readonly entity: Entity;
  readonly records: readonly JsonRecord[];
}

/** What a document that counts in the books is, so that its content stays: it was submitted, and perhaps cancelled. */
export function isPosted(entity: Entity, record: JsonRecord): boolean {
  return entity.kind === 'document' && record[STATUS_FIELD] !== DRAFT;
}

/** Whoever looks after personal data does so with all rights of an admin, and in their own name. */
export function asAdmin<K extends RecordOperation['kind']>(
  company: CompanyRuntime,
  actor: Actor,
  operation: OperationOf<K>,
): Promise<Answers[K]> {
  const authorized = authorize(operation, actor, ['*'], company);
  return runOperation<K>(recordContext(company, actor), authorized);
}

/** The records that link to one, by entity; whole, or only what tells whether they count in the books. */
export async function linkedRecords(
  company: CompanyRuntime,
  actor: Actor,
  person: Entity,
  id: string,
): Promise<readonly LinkedRecords[]> {
  const found: LinkedRecords[] = [];
  for (const entity of company.model.entities.values()) {
    const condition = entity.kind === 'lines' || entity.kind === 'single' ? null : linksTo(entity, person, id);
    if (condition === null) continue;
    const records = await allOf(company, actor, entity, condition);
    const others = entity === person ? records.filter((record) => record.id !== id) : records;
    if (others.length > 0) found.push({ entity, records: others });
  }
  return found;
}

/** That a record links to another one in any of its fields or rows; null when its entity never does. */
function linksTo(entity: Entity, target: Entity, id: string): Condition | null {
  const own = direct(entity, target, id);
  const rows = entity.linesFields.flatMap((lines): Condition[] => {
    const of = direct(lines.target as Entity, target, id);
    return of.length === 0 ? [] : [{ kind: 'some', path: [lines.name], of: { kind: 'or', of }, at: '' }];
  });
  const all = [...own, ...rows];
  return all.length === 0 ? null : { kind: 'or', of: all };
}

function direct(entity: Entity, target: Entity, id: string): Condition[] {
  return entity.fields.flatMap((field): Condition[] => {
    const is = (path: readonly string[], value: string): Condition => {
      return { kind: 'compare', path, operator: 'eq', value, at: '' };
    };
    if (field.type === 'link' && field.target === target && field.column !== null) return [is([field.name], id)];
    const mayName = field.toAny.length === 0 || field.toAny.includes(target.name);
    if (field.type === 'dynamic-link' && field.column !== null && mayName) {
      return [is([field.name], `${target.name}:${id}`)];
    }
    return [];
  });
}

async function allOf(
  company: CompanyRuntime,
  actor: Actor,
  entity: Entity,
  condition: Condition,
): Promise<readonly JsonRecord[]> {
  const records: JsonRecord[] = [];
  for (let number = 1; ; number += 1) {
    const query: ListQuery = {
      condition,
      sort: [],
      fields: null,
      include: entity.linesFields.map(({ name }) => [name]),
      search: null,
      titles: true,
      total: false,
      page: { number, size: PAGE },
    };
    const answer = await asAdmin<'list'>(company, actor, { kind: 'list', entity: entity.name, query });
    records.push(...answer.records);
    if (answer.records.length < PAGE) return records;
  }
}

/** A change of a record, as the history has it. */
interface HistoryLine {
  readonly action: string;
  readonly by: string;
  readonly at: string;
  readonly changes: Json;
}

/** What one file about a person holds. */
export interface PersonalFile {
  readonly record: JsonRecord;
  readonly history: readonly HistoryLine[];
  readonly comments: readonly { readonly body: string; readonly by: string; readonly at: string }[];
  readonly linked: readonly LinkedRecords[];
}

/** Gathers everything about one person. Throws `not-found`. */
export async function personalFile(
  company: CompanyRuntime,
  actor: Actor,
  person: Entity,
  id: string,
): Promise<PersonalFile> {
  const get = { kind: 'get', entity: person.name, id, include: [], titles: true } as const;
  const { record } = await asAdmin<'get'>(company, actor, get);
  const { database } = company;
  const own = parameter(database.dialect, { kind: 'id' });
  const about = `WHERE entity = ? AND record_id = ${own} ORDER BY id`;
  const history = await database.tuples(
    statement(`SELECT action, actor_name, at, changes FROM ${table('rk_history')} ${about}`),
    [person.name, id],
  );
  const comments = await database.tuples(
    statement(`SELECT body, user_name, created_at FROM ${table('rk_comment')} ${about}`),
    [person.name, id],
  );
  return {
    record,
    history: history.map(([action, by, at, changes]) => ({
      action: String(action),
      by: String(by),
      at: instantOf(String(at)),
      changes: JSON.parse(String(changes)) as Json,
    })),
    comments: comments.map(([body, by, at]) => ({ body: String(body), by: String(by), at: instantOf(String(at)) })),
    linked: await linkedRecords(company, actor, person, id),
  };
}

/** Kinds of record that are about people. */
export function personEntities(model: Model): readonly Entity[] {
  return [...model.entities.values()].filter(({ isPerson }) => isPerson);
}

/** What of the linked records is erased with the person, and what stays since books must be kept. */
export function dividedLinks(linked: readonly LinkedRecords[]): readonly {
  readonly entity: Entity;
  readonly erased: readonly JsonRecord[];
  readonly kept: readonly JsonRecord[];
  readonly total: number;
}[] {
  return linked.map(({ entity, records }) => {
    const holds = holdsPersonalData(entity) && !entity.isPerson;
    return {
      entity,
      total: records.length,
      erased: holds ? records.filter((record) => !isPosted(entity, record)) : [],
      kept: records.filter((record) => isPosted(entity, record)),
    };
  });
}
