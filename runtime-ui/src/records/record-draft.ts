import { computed, shallowRef } from 'vue';
import type { Computation, ComputationStep } from '../../../engine/src/compiler/computation.ts';
import type { ScreenEntity, ScreenField } from '../../../engine/src/compiler/screen.ts';
import { dependenciesOf } from '../../../engine/src/expression/dependencies.ts';
import type { Dependency } from '../../../engine/src/expression/dependencies.ts';
import { partsOf } from '../../../engine/src/expression/parts.ts';
import type { TypedExpression } from '../../../engine/src/expression/ast.ts';
import type { Json } from '../../../engine/src/metamodel/field-type.ts';
import type { Value } from '../../../engine/src/metamodel/value-type.ts';
import { computeRecord, evaluatorOf } from '../../../engine/src/records/compute.ts';
import type { DraftRow } from '../../../engine/src/records/compute.ts';
import { ApiProblem } from '../api/problem.ts';
import { jsonOfValue, valueOfJson } from './field-values.ts';
import { rowEntitiesOf, takeRows } from './linked-rows.ts';
import { LinkedStore } from './linked-store.ts';
import { previewRecord } from './record-api.ts';
import type { RecordJson } from './record-api.ts';

/** What expressions may see besides the record. */
export interface Surroundings {
  readonly user: Readonly<Record<string, Value>>;
  readonly company: Readonly<Record<string, Value>>;
  readonly settings: Readonly<Record<string, Value>>;
}

/** A default may choose a link whose fields another default reads, and so on; this deep, chains are cut. */
const ROUNDS_MAX = 5;

/** How long a person must pause before the server is asked for what it alone can look up. */
const PAUSE_MILLISECONDS = 150;

type AssignStep = Extract<ComputationStep, { readonly kind: 'default' | 'computed' }>;

/**
 * A record while a person works on it. Every change runs the same computation plan as the server, so that what is
 * shown while typing is what will be saved. A default follows what it depends on until the person typed over it.
 */
export class RecordDraft {
  readonly entity: ScreenEntity;
  readonly store: LinkedStore;
  readonly #surroundings: Surroundings;
  readonly #fields: ReadonlyMap<string, ScreenField>;
  readonly #touched = new WeakMap<DraftRow, Set<string>>();
  /** Rows that were there from the beginning, as in a copy. */
  readonly #given = new WeakSet<DraftRow>();
  /** Defaults that the server alone can work out, and the plan without them. */
  readonly #asked: readonly AssignStep[];
  readonly #plan: Computation;
  /** Counts the questions to the server: an answer counts only while no later one was asked. */
  #questions = 0;
  #draft: DraftRow = {};
  /** Grows with every change; whatever shows the draft reads it. */
  readonly revision = shallowRef(0);
  readonly isChanged = shallowRef(false);
  /** Messages by JSON pointer: of the server, and of values that could not be read. */
  readonly faults = shallowRef<Readonly<Record<string, string>>>({});
  readonly faultList = computed(() => Object.entries(this.faults.value));

  /** What the draft says by itself, in the language of the screen. */
  readonly messages: { unknownCode(code: string): string };

  constructor(entity: ScreenEntity, surroundings: Surroundings, messages: RecordDraft['messages']) {
    this.entity = entity;
    this.messages = messages;
    this.#surroundings = surroundings;
    this.store = new LinkedStore(rowEntitiesOf(entity));
    const { computation } = entity;
    this.#asked = computation.steps.filter(
      (step) => step.kind === 'default' && isAsked(step.expression),
    ) as AssignStep[];
    const asked: ReadonlySet<ComputationStep> = new Set(this.#asked);
    this.#plan = { ...computation, steps: computation.steps.filter((step) => !asked.has(step)) };
    this.#fields = new Map(entity.fields.map((field) => [field.name, field]));
  }

  get draft(): DraftRow {
    void this.revision.value;
    return this.#draft;
  }

  field(name: string): ScreenField | undefined {
    return this.#fields.get(name);
  }

  linesFields(lines: string): readonly ScreenField[] {
    return this.entity.lines[lines]?.fields ?? [];
  }

  rows(lines: string): readonly DraftRow[] {
    const rows = this.draft[lines];
    return Array.isArray(rows) ? rows : [];
  }

  /** Begins with a stored record, or with what a preview of a new one answered. */
  async begin(begun: Readonly<Record<string, Json | undefined>>): Promise<void> {
    const record = await takeRows(this.entity, begun, this.store);
    const draft: DraftRow = {};
    for (const field of this.entity.fields) {
      const lines = this.entity.lines[field.name];
      if (lines === undefined) draft[field.name] = valueOfJson(field, record[field.name]);
      else draft[field.name] = rowsOf(record[field.name]).map((row) => this.#readRow(lines.fields, row));
    }
    this.#draft = draft;
    this.store.learnTitles(targetsOf(this.entity.fields), record);
    for (const field of this.entity.fields) {
      const lines = this.entity.lines[field.name];
      if (lines === undefined) continue;
      for (const row of rowsOf(record[field.name])) this.store.learnTitles(targetsOf(lines.fields), row);
    }
    this.isChanged.value = false;
    this.faults.value = {};
    await this.#settle(false);
    await this.#loadTitles();
  }

  #readRow(fields: readonly ScreenField[], json: RecordJson): DraftRow {
    const row: DraftRow = {};
    if (json.id !== undefined) row['id'] = json.id;
    for (const field of fields) row[field.name] = valueOfJson(field, json[field.name]);
    this.#given.add(row);
    return row;
  }

  /** Titles of links that came as ids only, as in the preview of a new record. */
  async #loadTitles(): Promise<void> {
    const wanted = new Map<string, Set<string>>();
    const gather = (fields: readonly ScreenField[], row: DraftRow): void => {
      for (const field of fields) {
        if (field.to === null || (field.type !== 'link' && field.type !== 'links')) continue;
        const value = row[field.name];
        const ids = wanted.get(field.to) ?? new Set<string>();
        for (const id of Array.isArray(value) ? value : [value]) if (typeof id === 'string') ids.add(id);
        wanted.set(field.to, ids);
      }
    };
    gather(this.entity.fields, this.#draft);
    for (const [name, { fields }] of Object.entries(this.entity.lines))
      for (const row of this.rows(name)) gather(fields, row);
    await Promise.all([...wanted].map(([entity, ids]) => this.store.loadTitles(entity, [...ids])));
  }

  /** A person gave a field a value. `lines` names the lines field when `row` is one of its rows. */
  async set(row: DraftRow, field: string, value: Value, lines: string | null = null): Promise<void> {
    row[field] = value;
    this.#touch(row, field);
    this.#invalidate(row, field, lines);
    this.clearFault(this.pointerOf(row, field, lines));
    this.isChanged.value = true;
    await this.#settle(true);
  }

  async setMany(row: DraftRow, values: Readonly<Record<string, Value>>, lines: string | null): Promise<void> {
    for (const [field, value] of Object.entries(values)) {
      row[field] = value;
      this.#touch(row, field);
      this.#invalidate(row, field, lines);
    }
    this.isChanged.value = true;
    await this.#settle(true);
  }

  async addRow(lines: string, at?: number): Promise<DraftRow> {
    const row: DraftRow = {};
    const rows = [...this.rows(lines)];
    rows.splice(at ?? rows.length, 0, row);
    this.#draft[lines] = rows;
    this.isChanged.value = true;
    this.revision.value += 1;
    await this.#work(true);
    // What the server knows of the row comes when it comes.
    void this.#settleAsked(true);
    return row;
  }

  async removeRow(lines: string, row: DraftRow): Promise<void> {
    this.#draft[lines] = this.rows(lines).filter((other) => other !== row);
    this.isChanged.value = true;
    this.faults.value = {};
    await this.#settle(true);
  }

  /** Whether the row was there or the person gave it anything; its defaults alone do not count. */
  isBegun(row: DraftRow): boolean {
    return this.#given.has(row) || (this.#touched.get(row)?.size ?? 0) > 0;
  }

  /** Rows that were added and left alone are not meant to be saved. */
  dropUntouchedRows(): void {
    for (const [lines, { derived }] of Object.entries(this.entity.lines)) {
      if (!derived) this.#draft[lines] = this.rows(lines).filter((row) => this.isBegun(row));
    }
    this.revision.value += 1;
  }

  #touch(row: DraftRow, field: string): void {
    const touched = this.#touched.get(row) ?? new Set<string>();
    touched.add(field);
    this.#touched.set(row, touched);
  }

  /** Defaults that follow a changed field are worked out again, unless the person typed over them. */
  #invalidate(row: DraftRow, field: string, lines: string | null): void {
    for (const step of this.entity.computation.steps) {
      if (step.kind !== 'default') continue;
      const inNew = follows(dependenciesOf(step.expression), step, field, lines);
      if (!inNew) continue;
      const inGiven = follows(firmDependencies(step.expression), step, field, lines);
      const rows = step.lines === null ? [this.#draft] : step.lines === lines ? [row] : this.rows(step.lines);
      for (const each of rows) {
        // A price that was agreed on does not change because some more are ordered.
        if (!inGiven && this.#given.has(each)) continue;
        if (this.#isTouched(each, step.field) || each[step.field] === undefined) continue;
        each[step.field] = undefined;
        this.#invalidate(each, step.field, step.lines);
      }
    }
  }

  /** Loads what expressions need through links, then computes. What was typed shows at once. */
  async #settle(announce: boolean): Promise<void> {
    await this.#work(announce);
    await this.#settleAsked(announce);
  }

  /** What the server answers may be what other defaults and totals wait for. */
  async #settleAsked(announce: boolean): Promise<void> {
    if (await this.#ask()) await this.#work(announce);
  }

  async #work(announce: boolean): Promise<void> {
    if (announce && !this.#isLoaded()) this.revision.value += 1;
    // Each round may bring in links that a default chose; their own fields are loaded in the next, where the defaults
    // that read them are worked out again.
    const open = this.#openDefaults();
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      await this.#load();
      if (round > 0) for (const { row, field } of open) if (!this.#isTouched(row, field)) row[field] = undefined;
      const unknown = this.#compute();
      this.revision.value += 1;
      if (unknown.size === 0 && this.#isLoaded()) break;
      await Promise.all([...unknown.values()].map(({ entity, key }) => this.store.loadKey(entity, key)));
      if (unknown.size > 0) this.#reopenKeyed();
    }
    // A link that a default followed may name a record nobody has shown yet.
    if (announce) void this.#loadTitles();
  }

  /** Asks the server for the defaults that it alone can work out; answers whether it gave any. */
  async #ask(): Promise<boolean> {
    if (this.#openAsked().length === 0) return false;
    this.#questions += 1;
    const question = this.#questions;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    if (question !== this.#questions) return false;
    const open = this.#openAsked();
    let answer: RecordJson;
    try {
      answer = await previewRecord(this.entity.name, this.#asNew());
    } catch (error) {
      // Left open: the server fills it in when the record is saved.
      if (error instanceof ApiProblem) return false;
      throw error;
    }
    if (question !== this.#questions) return false;
    // What was worked out without the answer follows it; what is part of the answer is filled in below.
    for (const { row, step } of open) this.#invalidate(row, step.field, step.lines);
    for (const { row, step, place } of open) {
      if (row[step.field] !== undefined) continue;
      const json = step.lines === null ? answer : rowsOf(answer[step.lines])[place];
      const fields = step.lines === null ? this.entity.fields : this.linesFields(step.lines);
      const field = fields.find(({ name }) => name === step.field);
      if (field !== undefined) row[step.field] = valueOfJson(field, json?.[step.field]);
    }
    return open.length > 0;
  }

  /** Where a default is still to be filled in here. */
  #openDefaults(): readonly { readonly row: DraftRow; readonly field: string }[] {
    return this.#plan.steps.flatMap((step) => {
      if (step.kind !== 'default') return [];
      const { field, lines } = step;
      const rows = lines === null ? [this.#draft] : this.rows(lines);
      return rows.flatMap((row) => (row[field] === undefined ? [{ row, field }] : []));
    });
  }

  #isTouched(row: DraftRow, field: string): boolean {
    return this.#touched.get(row)?.has(field) === true;
  }

  /** Where a default that the server works out is still to be filled in. */
  #openAsked(): readonly { readonly row: DraftRow; readonly step: AssignStep; readonly place: number }[] {
    return this.#asked.flatMap((step) => {
      const rows = step.lines === null ? [this.#draft] : this.rows(step.lines);
      return rows.flatMap((row, place) => (row[step.field] === undefined ? [{ row, step, place }] : []));
    });
  }

  /** The record as if it were new: the server previews records, not changes of them. */
  #asNew(): Record<string, Json> {
    const input = this.toInput();
    for (const lines of Object.keys(this.entity.lines)) {
      if (input[lines] !== undefined) input[lines] = rowsOf(input[lines]).map(({ id: _, ...row }) => row as Json);
    }
    return input;
  }

  #isLoaded(): boolean {
    const { needs, lineNeeds } = this.entity.computation;
    return (
      this.store.has(needs, [this.#draft]) &&
      Object.entries(lineNeeds).every(([lines, each]) => this.store.has(each, this.rows(lines)))
    );
  }

  async #load(): Promise<void> {
    const { needs, lineNeeds } = this.entity.computation;
    if (this.#isLoaded()) return;
    await this.store.load(needs, [this.#draft]);
    for (const [lines, each] of Object.entries(lineNeeds)) await this.store.load(each, this.rows(lines));
  }

  /** Runs the plan; answers the natural keys that defaults named and nobody has looked up yet. */
  #compute(): ReadonlyMap<string, { readonly entity: string; readonly key: string }> {
    const unknown = new Map<string, { readonly entity: string; readonly key: string }>();
    computeRecord(this.#plan, this.#draft, {
      ...this.#context(),
      idByKey: (entity, key) => {
        const id = this.store.idByKey(entity, key);
        if (id === undefined) unknown.set(`${entity}:${key}`, { entity, key });
        return id ?? null;
      },
    });
    return unknown;
  }

  /** Links that a default could not fill because their key was unknown are worked out again. */
  #reopenKeyed(): void {
    for (const step of this.entity.computation.steps) {
      if (step.kind !== 'default' || step.byKey === null) continue;
      for (const row of step.lines === null ? [this.#draft] : this.rows(step.lines)) {
        if (row[step.field] === null && !this.#isTouched(row, step.field)) row[step.field] = undefined;
      }
    }
  }

  #context() {
    const now = new Date();
    return {
      linked: this.store.linked,
      globals: this.#surroundings,
      today: localDate(now),
      now: now.toISOString(),
    };
  }

  /** Decides a rule such as `visible` for the record or one of its rows. */
  rule(rule: boolean | TypedExpression, row: DraftRow = this.#draft): boolean {
    void this.revision.value;
    if (typeof rule === 'boolean') return rule;
    return (
      evaluatorOf(rule)({ ...this.#context(), self: row, ...(row === this.#draft ? {} : { parent: this.#draft }) }) ===
      true
    );
  }

  /** Whether a record may be chosen for a link, by the link's own filter. */
  accepts(field: ScreenField, id: string, row: DraftRow): boolean {
    if (field.linkFilter === null) return true;
    const linked = this.store.linked(field.to ?? '', id);
    return linked !== null && evaluatorOf(field.linkFilter)({ ...this.#context(), self: linked, parent: row }) === true;
  }

  isReadOnly(field: ScreenField, row: DraftRow = this.#draft): boolean {
    // Nobody picks rows of another document: the step that made this one knows them.
    return field.computed || field.owner !== undefined || this.rule(field.readOnly, row);
  }

  pointerOf(row: DraftRow, field: string, lines: string | null): string {
    return lines === null ? `/${field}` : `/${lines}/${this.rows(lines).indexOf(row)}/${field}`;
  }

  setFault(pointer: string, message: string): void {
    this.faults.value = { ...this.faults.value, [pointer]: message };
  }

  clearFault(pointer: string): void {
    if (!(pointer in this.faults.value)) return;
    this.faults.value = Object.fromEntries(Object.entries(this.faults.value).filter(([key]) => key !== pointer));
  }

  /** What is sent to the server: everything a person can write. */
  toInput(): Record<string, Json> {
    return this.#input(this.entity.fields, this.#draft, null);
  }

  #input(fields: readonly ScreenField[], row: DraftRow, lines: string | null): Record<string, Json> {
    const input: Record<string, Json> = {};
    if (lines !== null && typeof row['id'] === 'string') input['id'] = row['id'];
    const isNew = typeof row['id'] !== 'string';
    for (const field of fields) {
      if (field.computed || field.readOnly === true) continue;
      const own = lines === null ? this.entity.lines[field.name] : undefined;
      if (own !== undefined) {
        if (!own.derived)
          input[field.name] = this.rows(field.name).map((each) => this.#input(own.fields, each, field.name));
        continue;
      }
      const value = row[field.name];
      if (value === undefined) continue;
      // What nobody filled in is left to the server's default.
      if (value === null && isNew && !this.#isTouched(row, field.name)) continue;
      if (this.rule(field.readOnly, row)) continue;
      input[field.name] = jsonOfValue(field, value as Value);
    }
    return input;
  }
}

/** Whether an expression looks up what no browser holds. */
function isAsked(expression: TypedExpression): boolean {
  return expression.node === 'pick' || partsOf(expression).some(isAsked);
}

/** What an expression reads, but for the bounds that a record is picked by. */
function firmDependencies(expression: TypedExpression): readonly Dependency[] {
  if (!isAsked(expression)) return dependenciesOf(expression);
  const parts =
    expression.node === 'pick'
      ? expression.by.filter(({ fits }) => fits === 'equal').map(({ value }) => value)
      : partsOf(expression);
  return parts.flatMap(firmDependencies);
}

/** Whether a default reads a field of its own row, or a field of the record from a row. */
function follows(read: readonly Dependency[], step: AssignStep, field: string, lines: string | null): boolean {
  return read.some(({ frame, path }) => {
    if (path[0]?.field !== field) return false;
    if (frame === 'parent') return lines === null && step.lines !== null;
    return frame === 'self' && step.lines === lines;
  });
}

function rowsOf(json: Json | undefined): readonly RecordJson[] {
  return Array.isArray(json) ? (json as readonly RecordJson[]) : [];
}

function targetsOf(fields: readonly ScreenField[]): Readonly<Record<string, string | null>> {
  return Object.fromEntries(fields.map((field) => [field.name, field.to]));
}

/** Today where the person is. */
function localDate(now: Date): string {
  const month = String(now.getMonth() + 1).padStart(2, '0');
  return `${now.getFullYear()}-${month}-${String(now.getDate()).padStart(2, '0')}`;
}
