import type { TypedExpression } from '../expression/ast.ts';
import type { ColorName } from '../metamodel/source.ts';
import type { Text } from '../metamodel/text.ts';
import type { LinkNeeds } from './computation.ts';
import type { Assignment, Message } from './ledger-model.ts';
import type { Entity, Field } from './entity-model.ts';

/**
 * The part of the compiled model that moves documents: workflows, flows and automations. `E` and `F` are entities and
 * fields of the model; the compiler's earlier stages put theirs there.
 */

/** Linked records that the expressions of one thing read, of the record and of the rows of each lines field. */
export interface Reads {
  readonly record: readonly LinkNeeds[];
  readonly lines: Readonly<Record<string, readonly LinkNeeds[]>>;
}

/** A field and the expression that gives its value. */
export interface FieldValue<F = Field> {
  readonly field: F;
  readonly value: Assignment;
  /** Fraction digits that the field stores; null for other types. */
  readonly scale: number | null;
}

/** Whom a notification goes to: who made the record, all members with a role, or the user whose id a field holds. */
export type Recipient<F = Field> =
  | { readonly kind: 'owner' }
  | { readonly kind: 'role'; readonly role: string }
  | { readonly kind: 'field'; readonly field: F };

/** One thing to do with a record. Flows, transitions and prints are named; the model has them by name. */
export type Action<F = Field> =
  | { readonly kind: 'submit' | 'cancel' }
  | { readonly kind: 'set'; readonly values: readonly FieldValue<F>[] }
  | { readonly kind: 'create'; readonly flow: string }
  | { readonly kind: 'transition'; readonly transition: string }
  | { readonly kind: 'notify'; readonly to: Recipient<F> }
  | {
      readonly kind: 'email';
      readonly to: TypedExpression;
      readonly subject: Message;
      readonly body: Message;
      readonly attach: string | null;
    }
  /** `fields` is null for all that can be sent. */
  | { readonly kind: 'webhook'; readonly url: string; readonly fields: readonly F[] | null };

export interface WorkflowState {
  /** What is stored in `status`. */
  readonly name: string;
  readonly label: Text;
  readonly color: ColorName;
  /** Whether a draft in this state may be changed or deleted. */
  readonly editable: boolean;
}

/** A way from some states to another, taken by people who may. */
export interface Transition<F = Field> {
  readonly name: string;
  readonly label: Text;
  readonly from: readonly string[];
  readonly to: string;
  /** Roles that may take it; empty: whoever may update the record, or is granted `transition:<name>`. */
  readonly roles: readonly string[];
  readonly guard: TypedExpression | null;
  /** What people are told when the guard is not met. */
  readonly message: Message | null;
  /** Different people who must take it before the record moves. */
  readonly approvals: number;
  /** Whether whoever made the record may take it. */
  readonly selfApproval: boolean;
  readonly actions: readonly Action<F>[];
  readonly reads: Reads;
}

/** The states a document moves through. The first state is the one of a new record. */
export interface Workflow<E = Entity, F = Field> {
  readonly entity: E;
  readonly label: Text;
  readonly states: readonly WorkflowState[];
  readonly transitions: readonly Transition<F>[];
}

/** How rows are carried over into the next document. */
/** Where a flow keeps the records that its rows are made from, beside the fields of the document; no field has this name. */
export const RECORDS_KEY = '@records';

export interface FlowLines<E = Entity, F = Field> {
  /** Lines field of the old document; null: one row for the document itself, or for each of `records`. */
  readonly from: F | null;
  /** Entity whose records the rows are made from. */
  readonly records: E | null;
  readonly to: F;
  /** What is still open of a row. */
  readonly open: TypedExpression | null;
  readonly where: TypedExpression | null;
  readonly set: readonly FieldValue<F>[];
}

/** Makes the next document from one. */
export interface Flow<E = Entity, F = Field> {
  readonly name: string;
  readonly label: Text;
  readonly icon: string | null;
  /** Place among the flows from the same entity, the lowest first. */
  readonly order: number;
  readonly from: E;
  readonly to: E;
  /** Whether it is offered; null: for every document that is submitted. */
  readonly when: TypedExpression | null;
  readonly set: readonly FieldValue<F>[];
  readonly lines: FlowLines<E, F> | null;
  readonly reads: Reads;
}

export type Trigger =
  | { readonly kind: 'created' | 'updated' | 'deleted' | 'submitted' | 'cancelled' }
  | { readonly kind: 'transition'; readonly transition: string }
  | { readonly kind: 'changed'; readonly fields: readonly string[] }
  /** Minute, hour, day of month, month and day of week, in the company's time zone. */
  | { readonly kind: 'schedule'; readonly cron: string };

/** Something that happens by itself. */
export interface Automation<E = Entity, F = Field> {
  readonly name: string;
  readonly label: Text;
  readonly entity: E;
  readonly on: Trigger;
  readonly when: TypedExpression | null;
  readonly actions: readonly Action<F>[];
  readonly reads: Reads;
}
