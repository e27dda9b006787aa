import type { Json, Operator } from './field-type.ts';
import type { Locale } from './text.ts';

/** Who asks. The system is an actor with a name, never an absent one. */
export interface Actor {
  readonly kind: 'person' | 'token' | 'system';
  /** Id of the user; for the system the name of the part that acts, for example `fixtures`. */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly locale: Locale;
  /** Ids of the records that the actor is kept to, by their entity; absent for all. */
  readonly restrictions?: Readonly<Record<string, readonly string[]>>;
  /** How many automations, one after the other, led to this; absent for what people do. */
  readonly level?: number;
}

/** A condition of a list, as a tree; paths lead through links. */
export type Condition =
  | {
      readonly kind: 'compare';
      readonly path: readonly string[];
      readonly operator: Operator;
      readonly value: Json;
      readonly at: string;
    }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** One of the rows, or of the records of a many-to-many field, meets all of the condition at once. */
  | { readonly kind: 'some'; readonly path: readonly string[]; readonly of: Condition; readonly at: string };

/** Every path that a condition reads, from the record that it is asked of, with the place it was written at. */
export function pathsOf(
  condition: Condition | null,
  prefix: readonly string[] = [],
): readonly { readonly path: readonly string[]; readonly at: string }[] {
  if (condition === null) return [];
  switch (condition.kind) {
    case 'compare':
      return [{ path: [...prefix, ...condition.path], at: condition.at }];
    case 'not':
      return pathsOf(condition.of, prefix);
    case 'some': {
      const path = [...prefix, ...condition.path];
      return [{ path, at: condition.at }, ...pathsOf(condition.of, path)];
    }
    default:
      return condition.of.flatMap((part) => pathsOf(part, prefix));
  }
}

export interface Sort {
  readonly path: readonly string[];
  readonly descending: boolean;
}

export interface ListQuery {
  readonly condition: Condition | null;
  readonly sort: readonly Sort[];
  /** Null means every readable field of the record itself. */
  readonly fields: readonly string[] | null;
  /** Paths through links and lines whose records are embedded. */
  readonly include: readonly (readonly string[])[];
  readonly search: string | null;
  /** Whether each record comes with its title and the titles of what it links to. */
  readonly titles: boolean;
  /** Where a page goes on, by the values of its order; null for the first page. Absent where pages are numbered. */
  readonly after?: readonly Json[] | null;
  /** False where nobody asks how many records there are. */
  readonly total?: boolean;
  /** `offset` counts records before the page, where pages are not numbered. */
  readonly page: { readonly number: number; readonly size: number; readonly offset?: number };
}

export const AGGREGATES = ['count', 'sum', 'avg', 'min', 'max'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** Figures over the records of a list, one set for each combination of the groups. */
export interface AggregateQuery {
  readonly condition: Condition | null;
  readonly search: string | null;
  /** Fields, or paths through links, that records are grouped by; none makes one group of all. */
  readonly groups: readonly (readonly string[])[];
  /** `field` is null for counting records. */
  readonly measures: readonly { readonly aggregate: Aggregate; readonly field: string | null }[];
}

export type RecordInput = Readonly<Record<string, unknown>>;

/**
 * What somebody wants done to records. Every door (REST, GraphQL, socket, import, job, CLI) builds one of these;
 * only access/authorize turns it into something records/ accepts.
 */
export type Operation = RecordOperation | DocumentOperation | CommentOperation | ShareOperation;

export type RecordOperation =
  | { readonly kind: 'list'; readonly entity: string; readonly query: ListQuery }
  | { readonly kind: 'aggregate'; readonly entity: string; readonly query: AggregateQuery }
  | {
      readonly kind: 'get';
      readonly entity: string;
      readonly id: string;
      readonly include: readonly (readonly string[])[];
      readonly titles: boolean;
    }
  | { readonly kind: 'create'; readonly entity: string; readonly input: RecordInput }
  | { readonly kind: 'preview'; readonly entity: string; readonly input: RecordInput }
  | {
      readonly kind: 'update';
      readonly entity: string;
      readonly id: string;
      readonly input: RecordInput;
      /** The version the caller has seen; a stale one is refused. Null when the caller named none. */
      readonly version: string | null;
    }
  | { readonly kind: 'delete'; readonly entity: string; readonly id: string; readonly version: string | null }
  | { readonly kind: 'history'; readonly entity: string; readonly id: string };

/** What is done with a document beyond keeping it as a record. */
export type DocumentOperation =
  | {
      /** `submit`, `cancel`, `amend`, or a transition of the workflow. */
      readonly kind: 'action';
      readonly entity: string;
      readonly id: string;
      readonly action: string;
      /** The version the caller has seen; null when the caller named none. */
      readonly version: string | null;
    }
  /** Makes the next document through a flow. */
  | { readonly kind: 'flow'; readonly entity: string; readonly id: string; readonly flow: string }
  /** What it posted, or would post. */
  | { readonly kind: 'impact'; readonly entity: string; readonly id: string }
  /** The documents that it links to, and that link to it. */
  | { readonly kind: 'related'; readonly entity: string; readonly id: string }
  /** What the caller may do with it as it is now. */
  | { readonly kind: 'actions'; readonly entity: string; readonly id: string };

/** What members tell each other about a record. Whoever may read it may do both. */
export type CommentOperation =
  | { readonly kind: 'comments'; readonly entity: string; readonly id: string }
  | { readonly kind: 'comment'; readonly entity: string; readonly id: string };

/** Opening a record to others. Whoever sees it may do both; nobody opens more than they hold. */
export type ShareOperation =
  | { readonly kind: 'shares'; readonly entity: string; readonly id: string }
  | { readonly kind: 'share'; readonly entity: string; readonly id: string };

/** The action that a grant must name for an operation. */
export function actionOf(operation: Operation): string {
  switch (operation.kind) {
    case 'create':
    case 'update':
    case 'delete':
      return operation.kind;
    case 'preview':
      return 'create';
    case 'action':
      return operation.action;
    default:
      return 'read';
  }
}
