import { authorize } from '../access/authorize.ts';
import { instantOf, storedInstant } from '../base/clock.ts';
import type { Entity } from '../compiler/model.ts';
import type { Actor } from '../metamodel/operation.ts';
import { CONCEALED } from '../records/changes.ts';
import { getRecord } from '../records/get.ts';
import { resealErased } from '../records/history-chain.ts';
import { eraseFromHistory, erasingInput } from '../records/personal.ts';
import { updateWithin } from '../records/update.ts';
import { writeUnit } from '../records/write-unit.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import type { Reader } from '../storage/database.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import { recordContext } from './company.ts';
import type { CompanyRuntime } from './company.ts';
import { dividedLinks, linkedRecords } from './personal-data.ts';

const ERASURE = table('rk_erasure');
const INSERT = statement(
  `INSERT INTO ${ERASURE} (entity, record_id, reason, by_id, by_name, at, outcome) ` + 'VALUES (?, ?, ?, ?, ?, ?, ?)',
);
const LIST = statement(
  `SELECT id, entity, record_id, reason, by_name, at, outcome FROM ${ERASURE} ORDER BY id DESC LIMIT 200`,
);

/** What an erasure changed and what it left, in numbers. */
export interface ErasureOutcome {
  /** Records whose personal data is gone, the person's own among them. */
  readonly records: number;
  readonly historyRows: number;
  readonly comments: number;
  /** Documents that stay as they are, by entity. */
  readonly kept: Readonly<Record<string, number>>;
}

/** An erasure that was carried out; it never says what was erased. */
export interface Erasure {
  readonly id: string;
  readonly entity: string;
  readonly recordId: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
  readonly outcome: ErasureOutcome;
}

/**
 * Erases the personal data of one person, all of it in one transaction: of their record and its rows, of drafts and
 * master data that link to it, of the history of these, and what was written about them. Documents that were submitted
 * stay: the law has their books kept (promise D2). Doing it again finds what came since.
 */
export async function erasePerson(
  company: CompanyRuntime,
  actor: Actor,
  person: Entity,
  id: string,
  reason: string,
): Promise<Erasure> {
  const links = dividedLinks(await linkedRecords(company, actor, person, id));
  const others = links.flatMap(({ entity, erased }) => erased.map((record) => ({ entity, id: record.id })));
  const kept = Object.fromEntries(
    links.filter((each) => each.kept.length > 0).map((each) => [each.entity.name, each.kept.length]),
  );
  return writeUnit(recordContext(company, actor), async (unit) => {
    const touched = [{ entity: person, id }, ...others];
    for (const each of touched) await eraseRecord(unit, company, actor, each.entity, each.id);
    const rows: number[] = [];
    for (const each of touched) rows.push(...(await eraseFromHistory(unit.transaction, each.entity, each.id)));
    const comments = await eraseTalk(unit, person, id);
    const outcome: ErasureOutcome = { records: touched.length, historyRows: rows.length, comments, kept };
    const at = storedInstant(Date.now());
    const bindings = [person.name, id, reason, actor.id, actor.name, at, JSON.stringify(outcome)];
    const { lastId } = await unit.transaction.run(INSERT, bindings);
    await resealErased(unit.transaction, rows, lastId);
    return { id: lastId, entity: person.name, recordId: id, reason, by: actor.name, at: instantOf(at), outcome };
  });
}

/** Blanks what a record holds, as any change of it: search words, titles and versions follow. */
async function eraseRecord(
  unit: WriteUnit,
  company: CompanyRuntime,
  actor: Actor,
  entity: Entity,
  id: string,
): Promise<void> {
  const get = { kind: 'get', entity: entity.name, id, include: [], titles: false } as const;
  const { record } = await getRecord(unit.from, authorize(get, actor, ['*'], company));
  const input = erasingInput(entity, record);
  if (input === null) return;
  const update = { kind: 'update', entity: entity.name, id, input, version: null } as const;
  await updateWithin(unit, authorize(update, actor, ['*'], company), '');
}

/** What was written about a person, and what told of it. */
async function eraseTalk({ transaction }: WriteUnit, entity: Entity, recordId: string): Promise<number> {
  const id = parameter(transaction.dialect, { kind: 'id' });
  const about = `WHERE entity = ? AND record_id = ${id}`;
  const comments = statement(`UPDATE ${table('rk_comment')} SET body = ? ${about} AND body <> ?`);
  const { changes } = await transaction.run(comments, [CONCEALED, entity.name, recordId, CONCEALED]);
  const notifications = statement(`DELETE FROM ${table('rk_notification')} ${about}`);
  await transaction.run(notifications, [entity.name, recordId]);
  return changes;
}

/** The latest erasures, newest first. */
export async function listErasures(reader: Reader): Promise<readonly Erasure[]> {
  return (await reader.all(LIST)).map((row) => ({
    id: String(row['id']),
    entity: String(row['entity']),
    recordId: String(row['record_id']),
    reason: String(row['reason']),
    by: String(row['by_name']),
    at: instantOf(String(row['at'])),
    outcome: JSON.parse(String(row['outcome'])) as ErasureOutcome,
  }));
}
