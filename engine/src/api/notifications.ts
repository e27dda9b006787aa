import { rightsOf } from '../access/rights.ts';
import { refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import { textIn } from '../metamodel/text.ts';
import { markAllRead, markRead, notificationsOf } from '../workflow/notifications.ts';
import type { Notification } from '../workflow/notifications.ts';
import { readParameters } from './parameters.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const BASE = '/api/v1/notifications';

/** What members are told in the application: each sees their own. */
export function notificationRoutes(): readonly Route[] {
  return [
    member('records', `GET ${BASE}`, list),
    member('records', `POST ${BASE}/read`, readAll),
    member('records', `POST ${BASE}/:id/read`, readOne),
  ];
}

async function list(ask: CompanyAsk): Promise<Answer> {
  const { unread } = readParameters(ask.queryText, ['unread']);
  if (unread !== undefined && unread !== 'true' && unread !== 'false') {
    const fault = { pointer: '/unread', code: 'option', parameters: { options: 'true, false' } };
    throw refuse('malformed-query', { faults: [fault] });
  }
  const own = await notificationsOf(ask.company.database, ask.caller.person.id, unread === 'true');
  const data = own.notifications.map((notification) => notificationJson(notification, ask));
  return { status: 200, body: { data, meta: { unread: own.unread } } };
}

function notificationJson(notification: Notification, ask: CompanyAsk): Readonly<Record<string, unknown>> {
  const { id, label, recordId, title, createdAt, readAt } = notification;
  const { model } = ask.company;
  const entity = model.entities.get(notification.entity);
  // Rights may have changed since: whoever may not see the record is not told what it is called (promise R3).
  const isSeen = entity !== undefined && rightsOf(ask.member.roles, model).allows(entity, 'read');
  return {
    id,
    label: textIn(label, ask.locale),
    entity: isSeen ? entity.name : null,
    entity_label: isSeen ? textIn(entity.label, ask.locale) : null,
    record_id: isSeen ? recordId : null,
    title: isSeen ? title : null,
    created_at: createdAt,
    read_at: readAt,
  };
}

async function readOne(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const id = ask.parameters['id'] ?? '';
  const isRead =
    isRowId(id) &&
    (await ask.company.database.transaction((transaction) => markRead(transaction, id, ask.caller.person.id)));
  if (!isRead) throw refuse('not-found');
  return { status: 204 };
}

async function readAll(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  await ask.company.database.transaction((transaction) => markAllRead(transaction, ask.caller.person.id));
  return { status: 204 };
}
