import type { Computation } from './computation.ts';
import type { OpenIn } from './entity-model.ts';
import type { TypedExpression, TypedTemplate } from '../expression/ast.ts';
import type { Operator } from '../metamodel/field-type.ts';

/** What a screen needs of the model, in the caller's language: the answer of GET /api/v1/metadata. */
export interface ScreenIndex {
  readonly hash: string;
  readonly company: {
    readonly slug: string;
    readonly name: string;
    readonly currency: string;
    readonly timezone: string;
  };
  /** What expressions may read besides the record: of the company, and the settings of its modules. */
  readonly globals: { readonly company: ScreenGlobals; readonly settings: ScreenGlobals };
  readonly modules: readonly ScreenModule[];
  /** By full name; lines entities are left out. */
  readonly entities: Readonly<Record<string, ScreenEntityName>>;
  readonly widgets: readonly ScreenWidget[];
}

/** Values by name; a number stands as its decimal text in an object of its own. */
export type ScreenGlobals = Readonly<Record<string, string | boolean | null | { readonly number: string }>>;

export interface ScreenModule {
  readonly slug: string;
  readonly name: string;
  readonly icon: string;
  readonly category: string;
  /** Entities whose first records a new company should enter, in order. */
  readonly firstSteps: readonly string[];
  readonly menu: readonly ScreenMenuItem[];
}

/** An entry of the menu: it opens the list of an entity or a report. */
export interface ScreenMenuItem {
  /** Empty for a report without a label of its own: it is called as the list of reports has it. */
  readonly label: string;
  readonly icon: string;
  readonly entity: string | null;
  /** Shown to those whose list of reports has it. */
  readonly report: string | null;
  readonly group: string | null;
}

export interface ScreenEntityName {
  readonly label: string;
  readonly labelPlural: string;
  readonly description: string | null;
  readonly icon: string;
  readonly kind: string;
  readonly module: string;
  /** What the caller may do: read, create, update, delete … */
  readonly actions: readonly string[];
}

export interface ScreenWidget {
  readonly name: string;
  readonly module: string;
  readonly label: string;
  readonly kind: 'number' | 'bar' | 'line' | 'doughnut' | 'list';
  readonly entity: string;
  readonly width: 1 | 2 | 3;
  readonly format: { readonly type: string; readonly scale: number };
}

/** Everything about one entity: the answer of GET /api/v1/metadata/entities/{entity}. */
export interface ScreenEntity extends ScreenEntityName {
  readonly name: string;
  readonly title: TypedTemplate;
  /** Fields that name a record to people; a pasted code is looked up by them. */
  readonly key: readonly string[];
  /** Fields shown beside the title in a picker. */
  readonly picker: readonly string[];
  readonly fields: readonly ScreenField[];
  /** JSON Forms: schema of the record and layout. Controls carry `scope: "#/properties/{field}"`. */
  readonly form: {
    readonly schema: Readonly<Record<string, unknown>>;
    readonly uischema: Readonly<Record<string, unknown>>;
  };
  readonly list: {
    readonly columns: readonly string[];
    readonly filters: readonly string[];
    /** As the `sort` parameter takes it: `-date,number`. */
    readonly sort: string;
    readonly search: boolean;
  };
  /** The rows that records own, by the name of the lines field. */
  readonly lines: Readonly<
    Record<
      string,
      {
        readonly entity: string;
        readonly fields: readonly ScreenField[];
        readonly columns: readonly string[];
        readonly derived: boolean;
      }
    >
  >;
  readonly computation: Computation;
}

export interface ScreenField {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly help: string | null;
  readonly required: boolean | TypedExpression;
  readonly readOnly: boolean | TypedExpression;
  /** May still be changed when the document is submitted. */
  readonly allowOnSubmit: boolean;
  readonly visible: boolean | TypedExpression;
  /** True for values that the engine works out: computed fields, roll-ups, numbers, derived rows. */
  readonly computed: boolean;
  readonly scale: number;
  readonly precision: number;
  readonly min: string | null;
  readonly max: string | null;
  readonly maxLength: number;
  readonly options: readonly { readonly value: string; readonly label: string; readonly color: string | null }[];
  /** Link target, or the entity of lines. */
  readonly to: string | null;
  /** Entities whose records a dynamic link may name or, where any may, those to offer; empty for all. */
  readonly toAny: readonly string[];
  /** The ledger whose open balances the records of a dynamic link are chosen from. */
  readonly openIn?: OpenIn;
  /** Of a link to rows: the entity that owns them. Rows are read with their owner, never by themselves. */
  readonly owner?: string;
  /** Fields of the target that the picker shows and that computations need, to be asked for with `fields`. */
  readonly linkFields: readonly string[];
  readonly unitField: string | null;
  readonly unique: boolean;
  readonly sortable: boolean;
  readonly operators: readonly Operator[];
  readonly rows: { readonly min: number; readonly max: number } | null;
  /** Condition that the linked record must meet, for the picker. */
  readonly linkFilter: TypedExpression | null;
}
