import type { TypedExpression } from '../expression/ast.ts';
import type { Table } from '../metamodel/column.ts';
import type { Text } from '../metamodel/text.ts';
import type { Entity, Field } from './entity-model.ts';
import type { Ledger, Posting } from './ledger-model.ts';
import type { Print } from './print-model.ts';
import type { Report } from './report-model.ts';
import type { Automation, Flow, Workflow } from './workflow-model.ts';

export type {
  BalanceField,
  Check,
  Entity,
  EntityKind,
  Field,
  FormLayout,
  FormSection,
  ListLayout,
  NumberPart,
  NumberPattern,
  Rollup,
  Rule,
} from './entity-model.ts';

/**
 * The compiled model: immutable, shared by every company with the same content hash. All references are resolved;
 * whoever reads it looks nothing up by name any more, except at the door where a client names an entity.
 */
export interface Model {
  /** SHA-256-like content hash of the effective metadata. */
  readonly hash: string;
  readonly modules: readonly Module[];
  readonly entities: ReadonlyMap<string, Entity>;
  /** Referenced tables come first, as far as references go one way. */
  readonly tables: readonly Table[];
  readonly ledgers: ReadonlyMap<string, Ledger>;
  /** By the entity of the documents that post. */
  readonly postings: ReadonlyMap<string, Posting>;
  /** By the entity they print; the first of each is the one that is meant when none is named. */
  readonly prints: ReadonlyMap<string, readonly Print[]>;
  /** By name. */
  readonly reports: ReadonlyMap<string, Report>;
  /** By the entity whose documents they move. */
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly flows: ReadonlyMap<string, Flow>;
  readonly automations: readonly Automation[];
  readonly widgets: readonly Widget[];
  readonly grants: readonly Grant[];
  readonly roles: readonly Role[];
  readonly fixtures: readonly Fixture[];
}

export interface Module {
  readonly slug: string;
  readonly version: string;
  readonly name: Text;
  readonly description: Text;
  readonly category: string;
  readonly icon: string;
  readonly dependencies: readonly string[];
  readonly menu: readonly MenuItem[];
  /** Entities whose first records a new company should enter, in order. */
  readonly firstSteps: readonly string[];
  readonly isCore: boolean;
  readonly sortOrder: number;
  readonly settings: readonly SettingField[];
}

/** One setting of a module; its form and its validation come from this. */
export interface SettingField {
  readonly name: string;
  readonly type: 'boolean' | 'text' | 'integer' | 'decimal' | 'enumeration';
  readonly label: Text;
  readonly help: Text | null;
  readonly default: string | number | boolean | null;
  readonly options: readonly { readonly value: string; readonly label: Text }[];
  readonly min: string | null;
  readonly max: string | null;
}

export interface MenuItem {
  /** Null: the entity's own plural label, or that of the report. */
  readonly label: Text | null;
  readonly icon: string | null;
  /** The list it opens; null where it opens a report. */
  readonly entity: string | null;
  readonly report: string | null;
  readonly group: Text | null;
}

export interface Widget {
  readonly name: string;
  readonly module: string;
  readonly label: Text;
  readonly kind: 'number' | 'bar' | 'line' | 'doughnut' | 'list';
  readonly entity: Entity;
  readonly value: { readonly aggregate: 'count' | 'sum' | 'avg' | 'min' | 'max'; readonly field: Field | null };
  readonly groupBy: { readonly field: Field; readonly unit: 'value' | 'day' | 'month' } | null;
  readonly where: TypedExpression | null;
  readonly width: 1 | 2 | 3;
}

export interface Role {
  readonly name: string;
  readonly module: string;
  readonly label: Text;
}

export interface Grant {
  /** The permission document that it stands in. */
  readonly document: string;
  readonly role: string;
  readonly entity: Entity;
  readonly actions: readonly string[];
  /** The records it holds for; null for all. */
  readonly where: TypedExpression | null;
  /** The condition as it was written. */
  readonly whereSource: string | null;
  /** Null: all fields. */
  readonly read: GrantedFields | null;
  readonly write: GrantedFields | null;
}

/** Fields that a grant names: of a lines field, the fields of its rows, or null for whole rows. */
export type GrantedFields = ReadonlyMap<string, ReadonlySet<string> | null>;

/** First records of an entity, found again by its key. */
export interface Fixture {
  readonly module: string;
  readonly name: string;
  readonly entity: Entity;
  /** Lower ones are loaded first within a module. */
  readonly order: number;
  /** Which companies it is meant for, by what the company is; null means all. */
  readonly when: TypedExpression | null;
  readonly records: readonly Readonly<Record<string, unknown>>[];
}
