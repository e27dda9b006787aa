import { authorizeSystem } from '../access/authorize.ts';
import { listMembers } from '../access/members.ts';
import { Refusal } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import type { Entity } from '../compiler/model.ts';
import type { Action, Flow, Recipient } from '../compiler/workflow-model.ts';
import type { Actor } from '../metamodel/operation.ts';
import { textIn } from '../metamodel/text.ts';
import { EVERYTHING } from '../records/reach.ts';
import { rendered } from '../records/checks.ts';
import { evaluatorOf } from '../records/compute.ts';
import type { DraftRow } from '../records/compute.ts';
import type { RecordContext } from '../records/context.ts';
import { loadRecord } from '../records/load-record.ts';
import { runOperation } from '../records/run.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { titlesOf } from '../records/titles.ts';
import { Overtaken, writeRevision } from '../records/update.ts';
import { readingFrom, writeUnit } from '../records/write-unit.ts';
import type { WriteUnit } from '../records/write-unit.ts';
import type { Reader } from '../storage/database.ts';
import { StorageError } from '../storage/fault.ts';
import { cancelWithin } from '../workflow/cancel.ts';
import { Evaluation, holds } from '../workflow/evaluation.ts';
import { LEVEL_MAX, listenersOf } from '../workflow/events.ts';
import type { Listener, RecordEvent } from '../workflow/events.ts';
import { carryOver } from '../workflow/flow.ts';
import { notify } from '../workflow/notifications.ts';
import { withFields } from '../workflow/set-fields.ts';
import { submitWithin } from '../workflow/submit.ts';
import { findTransition, takeTransition } from '../workflow/transition.ts';
import { recordContext } from './company.ts';
import type { CompanyRuntime } from './company.ts';
import { EffectFault } from './effect-fault.ts';
import type { Mailer } from './mail.ts';
import { effectsOf, noteEffect } from './outbox-queue.ts';
import type { OutboxRow } from './outbox-queue.ts';
import { printAttachment } from './print-attachment.ts';
import type { CallWebhook } from './webhook.ts';

/** A record that others change at the same time is read and changed again, so many times. */
const OVERTAKEN_MAX = 5;

type SystemActor = Actor & { readonly kind: 'system' };

/** What effects reach beyond the company's database. */
export interface Outside {
  /** Where the members are listed. */
  readonly catalog: Reader;
  readonly mailer: Mailer;
  readonly callWebhook: CallWebhook;
  /** Key with which a company's webhooks are signed. */
  webhookKey(companyId: string): string;
  /** Ends calls under way when the engine closes. */
  readonly signal: AbortSignal;
}

/** Brings about what one row of the outbox asks for, each effect once however often it is called. */
export class Effects {
  readonly #company: CompanyRuntime;
  readonly #outside: Outside;
  readonly #row: OutboxRow;
  readonly #event: RecordEvent;

  constructor(company: CompanyRuntime, outside: Outside, row: OutboxRow, event: RecordEvent) {
    this.#company = company;
    this.#outside = outside;
    this.#row = row;
    this.#event = event;
  }

  /**
   * Lets every listener act. One that fails does not keep the others from acting; the first fault is answered, with
   * the name of the listener. Null: all is done.
   */
  async bringAbout(): Promise<{ readonly source: string; readonly error: unknown } | null> {
    let failed: { readonly source: string; readonly error: unknown } | null = null;
    for (const listener of listenersOf(this.#company.model, this.#event)) {
      try {
        await this.#listen(listener);
      } catch (error) {
        failed ??= { source: listener.source, error };
      }
    }
    return failed;
  }

  async #listen(listener: Listener): Promise<void> {
    const done = await effectsOf(this.#company.database, this.#row, listener.source);
    // A condition that was met stays met: the first effect may have changed what it asks.
    if (done.size === 0 && !(await this.#isMeant(listener))) return;
    if (this.#event.level >= LEVEL_MAX) {
      throw new EffectFault('loop', { levels: String(LEVEL_MAX) }, { isFinal: true });
    }
    for (const [place, action] of listener.actions) {
      if (!done.has(place)) await this.#act(listener, place, action);
    }
  }

  async #isMeant({ when, reads, entity }: Listener): Promise<boolean> {
    if (when === null) return true;
    const from = readingFrom(this.#context('condition', 'condition'), this.#company.database);
    const record = await this.#record(from, entity);
    if (record === null && !this.#isGone) return false;
    const evaluation = await Evaluation.of(from, reads, record ?? {});
    return evaluation.whole(() => holds(when, evaluation.context(record ?? {})));
  }

  /** Whether the event is that the record went. */
  get #isGone(): boolean {
    return this.#event.topic === 'record.deleted';
  }

  #act(listener: Listener, place: number, action: Action): Promise<void> {
    if (action.kind === 'email' || action.kind === 'webhook') return this.#tellOutside(listener, place, action);
    return this.#change(listener, place, action);
  }

  #actor({ source, label }: Pick<Listener, 'source' | 'label'>): SystemActor {
    const { locale } = this.#company.entry;
    return {
      kind: 'system',
      id: source.slice(source.lastIndexOf(':') + 1).slice(0, ACTOR_LENGTH_MAX),
      name: textIn(label, locale),
      roles: [],
      locale,
      level: this.#event.level + 1,
    };
  }

  #context(id: string, name: string): RecordContext {
    const { locale } = this.#company.entry;
    return recordContext(this.#company, { kind: 'system', id, name, roles: [], locale });
  }

  /** The record as it is now; null when it is gone. */
  async #record(from: Parameters<typeof loadRecord>[0], entity: Entity): Promise<DraftRow | null> {
    try {
      return await loadRecord(from, entity, this.#event.id);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'not-found') return null;
      throw error;
    }
  }

  /** An effect in the company's own database: it commits together with the note that it has come about. */
  async #change(listener: Listener, place: number, action: Action): Promise<void> {
    const actor = this.#actor(listener);
    const userIds = action.kind === 'notify' ? await this.#roleHolders(action.to) : [];
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await writeUnit(this.#context(actor.id, actor.name), async (unit) => {
          await noteEffect(unit.transaction, this.#row, listener.source, place);
          const record = await this.#record(unit.from, listener.entity);
          if (action.kind === 'notify') await this.#notify(unit, listener, action.to, record, userIds);
          else if (record !== null) await this.#carryOut(unit, listener, action, record, actor);
        });
      } catch (error) {
        // Somebody else has taken the row, and was faster.
        if (error instanceof StorageError && error.kind === 'unique' && (await this.#isDone(listener, place))) return;
        if (!(error instanceof Overtaken) || attempt === OVERTAKEN_MAX) throw error;
      }
    }
  }

  async #isDone({ source }: Listener, place: number): Promise<boolean> {
    return (await effectsOf(this.#company.database, this.#row, source)).has(place);
  }

  async #carryOut(
    unit: WriteUnit,
    { entity, reads }: Listener,
    action: Action,
    record: DraftRow,
    actor: SystemActor,
  ): Promise<void> {
    switch (action.kind) {
      case 'submit':
        return void (await submitWithin(unit, entity, record, actor));
      case 'cancel':
        return void (await cancelWithin(unit, entity, record, { actor, reach: EVERYTHING }));
      case 'set': {
        const evaluation = await Evaluation.of(unit.from, reads, record);
        const values = await evaluation.whole(() => evaluation.values(action.values, evaluation.context(record)));
        const after = await withFields(unit.from, entity, record, values, null);
        return void (await writeRevision(unit, entity, { before: record, after }, actor, { at: '' }));
      }
      case 'create':
        return this.#create(unit, action.flow, record, actor);
      case 'transition': {
        const transition = findTransition(unit.from.model, entity, action.transition);
        if (transition !== null) {
          const who = { actor, reach: EVERYTHING, principals: [] };
          await takeTransition(unit, entity, transition, record, who);
        }
        return;
      }
      default:
        return;
    }
  }

  async #create(unit: WriteUnit, name: string, record: DraftRow, actor: SystemActor): Promise<void> {
    const { model } = unit.from;
    const flow: Flow | undefined = model.flows.get(name);
    if (flow === undefined) return;
    const operation = { kind: 'create', entity: flow.to.name, input: {} } as const;
    try {
      await carryOver(unit, flow, record, authorizeSystem(operation, actor, model));
    } catch (error) {
      // Somebody made the next document by hand: there is nothing left to do.
      if (!(error instanceof Refusal) || error.code !== 'nothing-open') throw error;
    }
  }

  async #notify(
    unit: WriteUnit,
    { source, label, entity }: Listener,
    to: Recipient,
    record: DraftRow | null,
    roleHolders: readonly string[],
  ): Promise<void> {
    const { id } = this.#event;
    const named =
      record === null || to.kind === 'role' ? null : record[to.kind === 'owner' ? 'created_by' : to.field.name];
    const userIds = to.kind === 'role' ? roleHolders : typeof named === 'string' && isRowId(named) ? [named] : [];
    const title = record === null ? undefined : (await titlesOf(unit.from, entity, [id])).get(id);
    await notify(unit.transaction, userIds, { source, label, entity: entity.name, recordId: id, title: title ?? id });
  }

  async #roleHolders(to: Recipient): Promise<readonly string[]> {
    if (to.kind !== 'role') return [];
    const members = await listMembers(this.#outside.catalog, this.#company.entry.id);
    return members
      .filter(({ isActive, roles }) => isActive && (to.role === 'user' || roles.includes(to.role)))
      .map(({ userId }) => userId);
  }

  /** An effect outside: it is noted once it has come about, and carries a name by which a second one is known. */
  async #tellOutside(
    listener: Listener,
    place: number,
    action: Extract<Action, { readonly kind: 'email' | 'webhook' }>,
  ): Promise<void> {
    const actor = this.#actor(listener);
    const context = this.#context(actor.id, actor.name);
    const record = await this.#record(readingFrom(context, context.database), listener.entity);
    const delivery = `${this.#company.entry.slug}-${this.#row.id}-${place}`;
    if (action.kind === 'webhook') await this.#callWebhook(context, listener, action, record, delivery);
    else await this.#sendMail(context, listener, action, record, delivery);
    try {
      await context.database.transaction((transaction) => noteEffect(transaction, this.#row, listener.source, place));
    } catch (error) {
      if (!(error instanceof StorageError) || error.kind !== 'unique') throw error;
    }
  }

  async #sendMail(
    context: RecordContext,
    { reads, entity }: Listener,
    { to, subject, body, attach }: Extract<Action, { readonly kind: 'email' }>,
    record: DraftRow | null,
    delivery: string,
  ): Promise<void> {
    if (record === null && !this.#isGone) return;
    const { locale } = this.#company.entry;
    const evaluation = await Evaluation.of(readingFrom(context, context.database), reads, record ?? {});
    const letter = await evaluation.whole(() => {
      const scope = evaluation.context(record ?? {});
      const address = evaluatorOf(to)(scope);
      return {
        to: typeof address === 'string' ? address.trim() : '',
        subject: textIn(rendered(subject, scope), locale),
        body: textIn(rendered(body, scope), locale),
      };
    });
    // Whoever has no address gets no letter; that is no fault.
    if (letter.to === '') return;
    const print = context.model.prints.get(entity.name)?.find(({ name }) => name === attach);
    const attachments =
      print === undefined || record === null
        ? []
        : [await printAttachment(this.#company, print, await this.#json(context, entity, print.includes), context)];
    await this.#outside.mailer.send({ ...letter, delivery, attachments });
  }

  async #callWebhook(
    context: RecordContext,
    { entity, source }: Listener,
    { url, fields }: Extract<Action, { readonly kind: 'webhook' }>,
    record: DraftRow | null,
    delivery: string,
  ): Promise<void> {
    const body = JSON.stringify({
      delivery,
      source,
      event: this.#event.topic,
      action: this.#event.action,
      entity: entity.name,
      id: this.#event.id,
      record: record === null ? null : this.#sent(await this.#json(context, entity, []), entity, fields),
    });
    const { callWebhook, signal, webhookKey } = this.#outside;
    await callWebhook({ url, delivery, body, key: webhookKey(this.#company.entry.id) }, signal);
  }

  /** What leaves the company of a record: the fields that are named, or all but the encrypted ones. */
  #sent(record: JsonRecord, entity: Entity, fields: readonly { readonly name: string }[] | null): JsonRecord {
    const isSent = (name: string): boolean =>
      fields === null
        ? entity.fieldByName.get(name)?.encrypted !== true
        : name === 'id' || fields.some((field) => field.name === name);
    return Object.fromEntries(Object.entries(record).filter(([name]) => isSent(name))) as JsonRecord;
  }

  async #json(context: RecordContext, entity: Entity, include: readonly (readonly string[])[]): Promise<JsonRecord> {
    const operation = { kind: 'get', entity: entity.name, id: this.#event.id, include, titles: true } as const;
    return (await runOperation<'get'>(context, authorizeSystem(operation, 'outbox', context.model))).record;
  }
}

/** Columns hold 40 characters of `system:` and this. */
const ACTOR_LENGTH_MAX = 33;
