import { ALL_ABILITIES } from '../access/abilities.ts';
import { findEntity } from '../access/authorize.ts';
import { actorOf } from '../access/caller.ts';
import { listMembers } from '../access/members.ts';
import { refuse } from '../base/errors.ts';
import type { Entity } from '../compiler/model.ts';
import type { Actor } from '../metamodel/operation.ts';
import { textIn } from '../metamodel/text.ts';
import { holdsPersonalData, erasedValue, personalFields, personalLines } from '../records/personal.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { TITLE } from '../records/titles.ts';
import { noteActivity } from '../runtime/activities.ts';
import type { Engine } from '../runtime/engine.ts';
import { dividedLinks, personalFile, personEntities } from '../runtime/personal-data.ts';
import { erasePerson, listErasures } from '../runtime/personal-erasure.ts';
import type { Erasure } from '../runtime/personal-erasure.ts';
import { parameter } from '../storage/dialect.ts';
import { statement, table } from '../storage/statement.ts';
import { Input } from './input.ts';
import { readParameters } from './parameters.ts';
import { entityIn, idIn } from './record-ask.ts';
import { admin } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const BASE = '/api/v1/personal-data';
const REASON_LENGTH_MAX = 500;
const TITLE_LENGTH_MAX = 500;
const FORMAT = 'rangka.personal-data.v1';

/** What a company keeps about a person, given out and erased on their wish (UU 27/2022, articles 5 to 13). */
export function personalDataRoutes(engine: Engine): readonly Route[] {
  return [
    admin('records', `GET ${BASE}`, overview),
    admin('records', `GET ${BASE}/:entity/:id`, look),
    admin('records', `GET ${BASE}/:entity/:id/export`, (ask) => give(engine, ask)),
    admin('records', `POST ${BASE}/:entity/:id/erasure`, (ask) => erase(engine, ask), { body: 'json' }),
    admin('members', 'GET /api/v1/members/:id/personal-data', (ask) => giveMember(engine, ask)),
  ];
}

/** Personal data of all kinds comes together here, so a token that is kept to some of them does not do. */
function admitted(ask: CompanyAsk): Actor {
  if (!ask.caller.abilities.includes(ALL_ABILITIES)) throw refuse('forbidden');
  return actorOf(ask.caller, ask.member, ask.locale);
}

function personIn(ask: CompanyAsk): Entity {
  const entity = findEntity(entityIn(ask), ask.company);
  if (!entity.isPerson) throw refuse('not-found');
  return entity;
}

async function overview(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  admitted(ask);
  const { model, database } = ask.company;
  const label = ({ label: text }: Pick<Entity, 'label'>): string => textIn(text, ask.locale);
  const marked = [...model.entities.values()].filter((entity) => entity.kind !== 'lines' && holdsPersonalData(entity));
  return {
    status: 200,
    body: {
      data: {
        people: personEntities(model).map((entity) => ({ entity: entity.name, label: label(entity) })),
        marked: marked.map((entity) => ({
          entity: entity.name,
          label: label(entity),
          fields: fieldLabels(entity, ask),
        })),
        erasures: (await listErasures(database)).map(erasureJson),
      },
    },
  };
}

function fieldLabels(entity: Entity, ask: CompanyAsk): readonly string[] {
  const rows = personalLines(entity).flatMap((lines) =>
    personalFields(lines.target as Entity).map(
      (field) => `${textIn(lines.label, ask.locale)} › ${textIn(field.label, ask.locale)}`,
    ),
  );
  return [...personalFields(entity).map((field) => textIn(field.label, ask.locale)), ...rows];
}

function erasureJson({ id, entity, recordId, reason, by, at, outcome }: Erasure): Readonly<Record<string, unknown>> {
  const { records, historyRows, comments, kept } = outcome;
  return { id, entity, record_id: recordId, reason, by, at, records, history_rows: historyRows, comments, kept };
}

/** What there is about a person, what erasing would blank, and what it would leave. */
async function look(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const actor = admitted(ask);
  const entity = personIn(ask);
  const { record, history, comments, linked } = await personalFile(ask.company, actor, entity, idIn(ask));
  const fields = personalFields(entity).map((field) => {
    const value = record[field.name] ?? null;
    const becomes = erasedValue(field, record.id);
    const isFilled = value !== null && value !== '' && value !== becomes;
    return { field: field.name, label: textIn(field.label, ask.locale), is_filled: isFilled, becomes };
  });
  const data = {
    title: titleOf(record),
    fields,
    rows: personalLines(entity).map((lines) => ({
      label: textIn(lines.label, ask.locale),
      count: ((record[lines.name] ?? []) as readonly unknown[]).length,
    })),
    history: history.length,
    comments: comments.length,
    linked: dividedLinks(linked).map((each) => ({
      entity: each.entity.name,
      label: textIn(each.entity.labelPlural, ask.locale),
      total: each.total,
      erased: each.erased.length,
      kept: each.kept.length,
    })),
  };
  return { status: 200, body: { data } };
}

/** How people call the record. */
function titleOf(record: JsonRecord): string {
  const title = record[TITLE];
  return typeof title === 'string' && title !== '' ? title : `#${record.id}`;
}

/** Everything about a person as one file, for them to take along. */
async function give(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const actor = admitted(ask);
  const entity = personIn(ask);
  const { record, history, comments, linked } = await personalFile(ask.company, actor, entity, idIn(ask));
  await note(engine, ask, actor, 'personal-data.export', `${entity.name}/${record.id}`);
  return file(`personal-data-${entity.name}-${record.id}`, {
    ...heading(ask),
    about: { entity: entity.name, label: textIn(entity.label, ask.locale), id: record.id },
    record,
    history,
    comments,
    linked: linked.map((each) => ({
      entity: each.entity.name,
      label: textIn(each.entity.labelPlural, ask.locale),
      records: each.records,
    })),
  });
}

function heading({ company }: CompanyAsk): Readonly<Record<string, unknown>> {
  return { format: FORMAT, company: company.entry.name, made_at: new Date().toISOString() };
}

function file(name: string, content: unknown): Answer {
  return {
    status: 200,
    text: `${JSON.stringify(content, null, 2)}\n`,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name}.json"`,
      'Cache-Control': 'no-store',
    },
  };
}

/** Erases a person's data. Their name as it stands, in `confirm`, shows that the right one is meant. */
async function erase(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const actor = admitted(ask);
  const entity = personIn(ask);
  const { record } = await personalFile(ask.company, actor, entity, idIn(ask));
  const input = new Input(ask.body);
  const reason = input.text('reason', { lengthMax: REASON_LENGTH_MAX });
  const confirm = input.text('confirm', { lengthMax: TITLE_LENGTH_MAX });
  if (confirm !== '' && confirm !== titleOf(record).normalize('NFC').trim()) input.fault('confirm', 'not-the-title');
  input.finish();
  const erasure = await erasePerson(ask.company, actor, entity, record.id, reason);
  await note(engine, ask, actor, 'personal-data.erase', `${entity.name}/${record.id}`);
  return { status: 200, body: { data: erasureJson(erasure) } };
}

/**
 * What the company knows of one of its members: who they are here, and the work they did. Telephone and address of the
 * account are the person's own, and no admin's to see.
 */
async function giveMember(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const actor = admitted(ask);
  const { catalog } = engine.server;
  const member = (await listMembers(catalog, ask.company.entry.id)).find(({ id }) => id === ask.parameters['id']);
  if (member === undefined) throw refuse('not-found');
  const { database } = ask.company;
  const id = parameter(database.dialect, { kind: 'id' });
  const worked = await database.all(
    statement(
      `SELECT entity, action, COUNT(*) AS count, MIN(at) AS first_at, MAX(at) AS last_at FROM ${table('rk_history')} ` +
        `WHERE actor_kind IN ('person', 'token') AND actor_id = ? GROUP BY entity, action ORDER BY entity, action`,
    ),
    [member.userId],
  );
  const comments = await database.all(
    statement(
      `SELECT entity, record_id, body, created_at FROM ${table('rk_comment')} WHERE user_id = ${id} ORDER BY id`,
    ),
    [member.userId],
  );
  await note(engine, ask, actor, 'personal-data.export', member.email);
  return file(`personal-data-member-${member.id}`, {
    ...heading(ask),
    about: { member: member.id },
    name: member.name,
    email: member.email,
    roles: member.roles,
    is_active: member.isActive,
    restrictions: member.restrictions,
    work: worked,
    comments,
  });
}

async function note(engine: Engine, ask: CompanyAsk, actor: Actor, action: string, subject: string): Promise<void> {
  await engine.server.catalog.transaction((transaction) =>
    noteActivity(transaction, { companyId: ask.company.entry.id, actor, action, subject }),
  );
}
