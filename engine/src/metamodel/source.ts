// Generated from metadata/schema by “npm run generate”: change the schemas instead.

export type MetadataDocument =
  | AutomationDocument
  | BusinessTypeDocument
  | DashboardDocument
  | EntityDocument
  | FixtureDocument
  | FlowDocument
  | FormDocument
  | LedgerDocument
  | ModuleDocument
  | PermissionDocument
  | PostingDocument
  | PrintDocument
  | ReportDocument
  | TemplateDocument
  | TranslationDocument
  | ViewDocument
  | WorkflowDocument;
/**
 * Where the schema of this document is; editors read it to complete and check.
 */
export type SchemaAddress = string;
/**
 * Module and name joined by a point, for example `accounting.trial-balance`.
 */
export type DocumentName = string;
/**
 * A text for people: one string stands for English, an object says it in each language.
 */
export type TextSource =
  | string
  | {
      /**
       * English; the fallback of every other language.
       */
      en?: string;
      /**
       * Indonesian.
       */
      id?: string;
    };
/**
 * Module and name joined by a point, for example `sales.order-line`.
 */
export type EntityName = string;
/**
 * The trigger: something that happens to a record, or a time of day.
 */
export type TriggerSource =
  | string
  | {
      /**
       * After this transition of the workflow.
       */
      transition?: Slug;
      /**
       * After one of these fields got another value.
       */
      changed?: FieldNames;
      /**
       * Minute, hour, day of month, month and day of week (cron), in the company's time zone.
       */
      schedule?: string;
    };
/**
 * Lower-case words joined by hyphens, for example `quality-control`.
 */
export type Slug = string;
/**
 * Lower-case words joined by underscores, for example `payment_term`.
 */
export type FieldName = string;
/**
 * Fields of the entity, each at most once.
 *
 * @maxItems 200
 */
export type FieldNames = FieldName[];
/**
 * An expression over the record, its links, user, company, settings and the clock, for example `net + sum(taxes.amount)`.
 */
export type Expression = string;
/**
 * Something to do with a record: `submit`, `cancel`, or an object with the one thing to do.
 */
export type ActionSource =
  | string
  | {
      /**
       * Gives fields of the record new values.
       */
      set?: Assignments;
      /**
       * Makes the next document through this flow.
       */
      create?: DocumentName;
      /**
       * Takes this transition of the record's workflow.
       */
      transition?: Slug;
      /**
       * Whom to notify in the application: `owner`, a role, or the field that links to a user.
       */
      notify?: string;
      /**
       * Sends an e-mail.
       */
      email?: {
        /**
         * The address, for example `customer.email`.
         */
        to: Expression;
        /**
         * Subject, a template in each language.
         */
        subject: TextSource;
        /**
         * Text of the letter, a template in each language.
         */
        body: TextSource;
        /**
         * Print whose PDF is attached.
         */
        attach?: DocumentName;
      };
      /**
       * Calls an address outside with the record as JSON.
       */
      webhook?: {
        /**
         * Address to call, https only.
         */
        url: string;
        /**
         * Fields sent along; all readable ones when absent.
         */
        fields?: FieldNames;
      };
    };
/**
 * What is done, one after the other.
 *
 * @maxItems 20
 */
export type ActionsSource = ActionSource[];
/**
 * Name of an outline icon of Heroicons, for example `shopping-cart`.
 */
export type IconName = string;
/**
 * A colour as `#rrggbb`.
 */
export type Color = string;
/**
 * How numbers are made: text, parts of the date `{yyyy} {yy} {mm} {dd}` and `{seq:5}`, the running number with its least digits. Each new date part starts a series of its own.
 */
export type NumberPatternSource = string;
/**
 * Text with expressions in braces, for example `{number} · {customer.name}`.
 */
export type TemplateText = string;
/**
 * A field; with a hyphen before it the greatest comes first, for example `-date`.
 */
export type SortName = string;
/**
 * What is sorted by, the most important first.
 *
 * @maxItems 5
 */
export type SortNames = SortName[];
/**
 * What the field holds.
 */
export type FieldTypeName =
  | 'text'
  | 'longtext'
  | 'richtext'
  | 'translated-text'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'percent'
  | 'quantity'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'time'
  | 'duration'
  | 'enumeration'
  | 'link'
  | 'links'
  | 'lines'
  | 'dynamic-link'
  | 'file'
  | 'image'
  | 'json'
  | 'email'
  | 'phone'
  | 'url'
  | 'color'
  | 'barcode'
  | 'point'
  | 'sequence';
/**
 * true, false, or an expression that decides for each record.
 */
export type Rule = boolean | string;
/**
 * A limit of a number; write it as a string when a JSON number would not be exact.
 */
export type Limit = number | string;
/**
 * A choice of an enumeration: its stored value alone, or with what people see of it.
 */
export type OptionSource =
  | string
  | {
      /**
       * What is stored and sent; renaming it is a change of data.
       */
      value: string;
      /**
       * What people see; made from the value when absent.
       */
      label?: TextSource;
      /**
       * Colour of its badge.
       */
      color?: ColorName;
    };
/**
 * A colour of the design system, for badges and columns.
 */
export type ColorName =
  'gray' | 'red' | 'orange' | 'amber' | 'yellow' | 'green' | 'teal' | 'blue' | 'indigo' | 'violet' | 'pink';
/**
 * The choices of an enumeration, in their order.
 *
 * @minItems 1
 * @maxItems 200
 */
export type OptionsSource = OptionSource[];
/**
 * The parts of a form, from top to bottom.
 *
 * @minItems 1
 * @maxItems 50
 */
export type SectionsSource = SectionSource[];
/**
 * Fields of the entity, and of its rows, each at most once.
 *
 * @maxItems 300
 */
export type GrantedFields = string[];
/**
 * A template in each language. `{in_words(total, 'IDR')}` writes an amount in words.
 */
export type PrintText = TextSource;
/**
 * A value with its label: a field, or an object that says more.
 */
export type PrintItemSource =
  | string
  | {
      /**
       * Field whose value is shown.
       */
      field?: PrintPath;
      /**
       * What is shown instead of a field; a template in each language.
       */
      text?: PrintText;
      /**
       * Smaller words below it; left out when they say the same.
       */
      detail?: PrintText;
      /**
       * What stands before it or above it; the field's own label when absent.
       */
      label?: PrintText;
      /**
       * Lines field: the item is shown for each of its rows.
       */
      of?: FieldName;
      /**
       * Share of the width beside the other columns of a grid; 1 when absent.
       */
      width?: number;
      /**
       * Where it stands; numbers stand right when absent.
       */
      align?: 'left' | 'right';
      /**
       * Whether it stands out.
       */
      strong?: boolean;
      /**
       * Shows the number of the row in place of a field.
       */
      number?: true;
      /**
       * Whether it is shown, decided over the record. What is empty is left out anyway.
       */
      when?: Expression;
    };
/**
 * A field of the record, or one reached through links, for example `order.customer.name`.
 */
export type PrintPath = string;
/**
 * Values in reading order.
 *
 * @minItems 1
 * @maxItems 40
 */
export type PrintItemsSource = PrintItemSource[];
/**
 * A state: its name alone, or with what people see of it.
 */
export type StateSource =
  | string
  | {
      /**
       * What is stored in `status`.
       */
      name: Slug;
      /**
       * What people see.
       */
      label?: TextSource;
      /**
       * Colour of its badge.
       */
      color?: ColorName;
      /**
       * Whether a draft in this state may be changed; true for the first state and false for others when absent.
       */
      editable?: boolean;
    };

/**
 * Something that happens by itself: a trigger, a condition and actions.
 */
export interface AutomationDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the automation.
   */
  automation: DocumentName;
  /**
   * What people call it.
   */
  label?: TextSource;
  /**
   * Entity of the records it is about.
   */
  entity: EntityName;
  on: TriggerSource;
  /**
   * Which records it is for; all when absent.
   */
  when?: Expression;
  /**
   * What is done.
   */
  do: ActionsSource;
  /**
   * Whether it runs; true when absent.
   */
  is_active?: boolean;
}
/**
 * Fields and the expressions that give their values.
 */
export interface Assignments {
  [k: string]: Expression;
}
/**
 * A kind of business that people choose when they sign up, and the modules recommended to it.
 */
export interface BusinessTypeDocument {
  $schema?: SchemaAddress;
  /**
   * Name in addresses.
   */
  business_type: Slug;
  /**
   * What people call the trade.
   */
  name: TextSource;
  /**
   * Who it is meant for, in a sentence.
   */
  description: TextSource;
  /**
   * Icon of its card.
   */
  icon: IconName;
  /**
   * Colour of its card.
   */
  color: Color;
  /**
   * Place among the business types; lower comes first.
   */
  sort_order: number;
  /**
   * Whether it is offered; true when absent.
   */
  is_active?: boolean;
  /**
   * Modules for this trade, the most important first.
   *
   * @minItems 1
   * @maxItems 50
   */
  recommendations: RecommendationSource[];
}
/**
 * A module and why this trade wants it.
 */
export interface RecommendationSource {
  /**
   * Module that is recommended.
   */
  module: Slug;
  /**
   * 1 is high, 2 medium, 3 low.
   */
  priority: 1 | 2 | 3;
  /**
   * Whether it is chosen from the start; false when absent.
   */
  required?: boolean;
  /**
   * What the module does for this trade, in a sentence.
   */
  because: TextSource;
}
/**
 * Widgets that show figures of a module at a glance.
 */
export interface DashboardDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the dashboard.
   */
  dashboard: DocumentName;
  /**
   * What people call it.
   */
  label: TextSource;
  /**
   * The widgets in reading order.
   *
   * @minItems 1
   * @maxItems 40
   */
  widgets: WidgetSource[];
}
/**
 * One figure, chart or short list.
 */
export interface WidgetSource {
  /**
   * Name within the dashboard.
   */
  name: Slug;
  /**
   * Heading of the widget.
   */
  label: TextSource;
  /**
   * How it is drawn.
   */
  kind: 'number' | 'bar' | 'line' | 'doughnut' | 'list';
  /**
   * Entity whose records are counted.
   */
  entity: EntityName;
  value: WidgetValueSource;
  group_by?: WidgetGroupSource;
  /**
   * Which records count; all when absent.
   */
  where?: Expression;
  /**
   * Columns it takes on a wide screen; 1 when absent.
   */
  width?: 1 | 2 | 3;
}
/**
 * What is counted or added up.
 */
export interface WidgetValueSource {
  /**
   * How the records become one figure.
   */
  aggregate: 'count' | 'sum' | 'avg' | 'min' | 'max';
  /**
   * Number field that is aggregated.
   */
  field?: FieldName;
}
/**
 * What makes the bars, points or slices.
 */
export interface WidgetGroupSource {
  /**
   * Field whose values make the groups.
   */
  field: FieldName;
  /**
   * Dates are grouped by day or month; `value` when absent.
   */
  unit?: 'value' | 'day' | 'month';
}
/**
 * A thing with fields that a company keeps records of.
 */
export interface EntityDocument {
  $schema?: SchemaAddress;
  /**
   * Full name of the entity.
   */
  entity: EntityName;
  /**
   * How records live: `master` data, a `document` with drafts and submissions, `lines` that another record owns, a `tree`, or a `single` record such as settings.
   */
  kind: 'master' | 'document' | 'lines' | 'tree' | 'single';
  /**
   * What people call one record.
   */
  label: TextSource;
  /**
   * What people call many.
   */
  label_plural?: TextSource;
  /**
   * What the entity is for, in a sentence.
   */
  description?: TextSource;
  /**
   * Icon in menus and lists.
   */
  icon?: IconName;
  /**
   * Number that a record gets by itself, in the field `number`.
   */
  number?: NumberPatternSource;
  /**
   * How a record is called in lists, pickers and messages.
   */
  title?: TemplateText;
  /**
   * Fields that name a record to people and fixtures, together unique.
   *
   * @minItems 1
   * @maxItems 8
   */
  key?: FieldName[];
  /**
   * Kinds that its records belong to, such as `accounting.party`; fields that offer a kind offer its records.
   *
   * @minItems 1
   * @maxItems 10
   */
  counts_as?: DocumentName[];
  /**
   * Whether each record is about a person, who can have their personal data given out and erased.
   */
  person?: boolean;
  /**
   * Fields shown beside the title where people pick a record.
   */
  picker?: FieldNames;
  /**
   * Order of the list until somebody chooses another.
   */
  sort?: SortNames;
  /**
   * The fields by name, in the order people read them.
   */
  fields: {
    [k: string]: FieldSource;
  };
  /**
   * What must hold for a record before it is saved.
   *
   * @maxItems 50
   */
  checks?: CheckSource[];
  list?: ListSource;
  form?: FormSource;
  /**
   * Name before a rename; its table is kept.
   */
  was?: EntityName;
  /**
   * Takes the entity away for this layer; its data is kept.
   */
  hidden?: boolean;
}
/**
 * A field of an entity.
 */
export interface FieldSource {
  type: FieldTypeName;
  /**
   * What people call the field; made from its name when absent.
   */
  label?: TextSource;
  /**
   * A sentence that helps to fill it in.
   */
  help?: TextSource;
  /**
   * Whether it must be filled in.
   */
  required?: Rule;
  /**
   * Whether people may not change it.
   */
  readOnly?: Rule;
  /**
   * Whether forms show it.
   */
  visible?: Rule;
  /**
   * Value when none is given, for example `today()`, `'IDR'` or `customer.payment_term`.
   */
  default?: Expression;
  /**
   * Value worked out whenever the record changes; nobody writes it.
   */
  computed?: Expression;
  rollup?: RollupSource;
  balance?: BalanceFieldSource;
  /**
   * Whether no two records may have the same value.
   */
  unique?: boolean;
  /**
   * Whether it may still be changed when the document is submitted.
   */
  allow_on_submit?: boolean;
  /**
   * Whether the database keeps an index for filters and sorting.
   */
  index?: boolean;
  /**
   * Whether the search box looks in it.
   */
  search?: boolean;
  /**
   * Whether it is encrypted at rest; it cannot be sorted or searched then.
   */
  encrypted?: boolean;
  /**
   * Whether it is personal data of whom the record is about or links to: it is given out and erased with them.
   */
  personal?: boolean;
  /**
   * Least value of a number, least seconds of a duration, least count of lines.
   */
  min?: Limit;
  /**
   * Greatest value of a number, most seconds of a duration, most lines.
   */
  max?: Limit;
  /**
   * Least characters of a text.
   */
  minLength?: number;
  /**
   * Most characters of a text.
   */
  maxLength?: number;
  /**
   * Digits after the point that are kept.
   */
  scale?: number;
  /**
   * Digits in all, before and after the point.
   */
  precision?: number;
  /**
   * Choices of an enumeration.
   */
  options?: OptionsSource;
  /**
   * Entity a link leads to; a dynamic link may name several, or none for any.
   *
   * @minItems 1
   * @maxItems 50
   */
  to?: string | EntityName[];
  /**
   * Kind of record that is offered where a dynamic link is picked: the entities that count as it. Others may be linked as well.
   */
  offers?: DocumentName;
  open_in?: OpenInSource;
  /**
   * Entity of the rows.
   */
  of?: EntityName;
  /**
   * Condition a linked record must meet; the record that links is `parent`.
   */
  filter?: Expression;
  /**
   * How the value of a sequence is made.
   */
  pattern?: NumberPatternSource;
  /**
   * Field beside it that names the unit or the currency.
   */
  unit?: FieldName;
  derive?: DeriveSource;
  /**
   * Name before a rename; its column is kept.
   */
  was?: FieldName;
  /**
   * Takes the field away for this layer; its data is kept.
   */
  hidden?: boolean;
}
/**
 * A value worked out, when it is read, from the records that link here.
 */
export interface RollupSource {
  /**
   * Entity of the records that count.
   */
  from: EntityName;
  /**
   * Its link to this entity.
   */
  by: FieldName;
  /**
   * Aggregate over those records, for example `sum(total)`.
   */
  value: Expression;
  /**
   * Which of them count; all when absent.
   */
  where?: Expression;
}
/**
 * A value read from a ledger whenever the record is read.
 */
export interface BalanceFieldSource {
  /**
   * The ledger.
   */
  ledger: DocumentName;
  /**
   * Dimension → the field of the record that it must equal; `id` for the record itself.
   */
  at: {
    [k: string]: FieldName;
  };
  /**
   * Expression over the measures of the balance, for example `debit - credit`.
   */
  value: Expression;
}
/**
 * The ledger that keeps what is open of the records a dynamic link may name: people choose from what has a balance there.
 */
export interface OpenInSource {
  /**
   * The ledger.
   */
  ledger: DocumentName;
  /**
   * Its dimension that names the record.
   */
  dimension: FieldName;
  /**
   * Its dimension that says when it is due, if there is one: what is due first is offered first.
   */
  due?: FieldName;
  /**
   * Dimension → the field of the record, for rows of the one that owns them, that it must equal.
   */
  at?: {
    [k: string]: FieldName;
  };
  /**
   * Expression over the measures of the balance, for example `amount`.
   */
  value: Expression;
}
/**
 * Makes the rows anew from other rows: one for each distinct value of a field.
 */
export interface DeriveSource {
  /**
   * Lines field whose rows are grouped: of the record, or `link.lines` of a record it links to.
   */
  from: string;
  /**
   * Field of those rows they are grouped by, or several: a row then counts once for each that has a value.
   *
   * @minItems 1
   * @maxItems 10
   */
  by: string | DeriveField[];
  /**
   * Field of the derived row that takes the value; the same name as the (first) field of `by` when absent.
   */
  key?: FieldName;
  /**
   * Fields of the derived row, as aggregates over its group.
   */
  set: Assignments;
  /**
   * Numbers among these fields → what the rows add up to, worked out over the record: the last row takes what rounding left.
   */
  adds_up_to?: Assignments;
}
/**
 * One of the fields that rows are grouped by.
 */
export interface DeriveField {
  /**
   * The field.
   */
  field: FieldName;
  /**
   * Names of `set` → the fields of the row they mean when it counts by this field.
   */
  as?: {
    [k: string]: FieldName;
  };
}
/**
 * A rule that a record must keep.
 */
export interface CheckSource {
  /**
   * What must be true.
   */
  that: Expression;
  /**
   * What people are told when it is not; a template in each language.
   */
  message: TextSource;
  /**
   * Field the message is shown at.
   */
  at?: FieldName;
}
/**
 * The list people see first.
 */
export interface ListSource {
  /**
   * Columns from left to right.
   */
  columns?: FieldNames;
  /**
   * Fields offered as filters; they are indexed.
   */
  filters?: FieldNames;
}
/**
 * Layout of the form; a good one is made when absent.
 */
export interface FormSource {
  sections: SectionsSource;
}
/**
 * A part of a form with its own heading.
 */
export interface SectionSource {
  /**
   * Heading; none when absent.
   */
  label?: TextSource;
  /**
   * Columns on a wide screen; 2 when absent.
   */
  columns?: 1 | 2;
  /**
   * Whether the section starts closed.
   */
  collapsed?: boolean;
  /**
   * Fields in reading order.
   */
  fields: FieldNames;
}
/**
 * First records of an entity, found again by their key: loading them twice changes nothing.
 */
export interface FixtureDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the fixture.
   */
  fixture: DocumentName;
  /**
   * Entity of the records.
   */
  entity: EntityName;
  /**
   * Fixtures of a module are loaded from the lowest; 100 when absent.
   */
  order?: number;
  /**
   * Which companies it is meant for, for example `company.country == 'ID'`; all when absent.
   */
  when?: Expression;
  /**
   * The records as the API takes them, except that a link is written as the key of the record it means.
   *
   * @maxItems 5000
   */
  records: FixtureRecord[];
}
export interface FixtureRecord {
  [k: string]: unknown;
}
/**
 * Makes the next document from this one, carrying what is still open.
 */
export interface FlowDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the flow.
   */
  flow: DocumentName;
  /**
   * What its button says.
   */
  label?: TextSource;
  /**
   * Icon of its button.
   */
  icon?: IconName;
  /**
   * Place among the flows of a document, the lowest first; 50 when absent. The first that is open is the button that stands out, unless it stands above 50.
   */
  order?: number;
  /**
   * Entity of the document it starts from.
   */
  from: EntityName;
  /**
   * Entity of the document it makes.
   */
  to: EntityName;
  /**
   * Whether it is offered; for every submitted document when absent.
   */
  when?: Expression;
  /**
   * Fields of the new document, as expressions over the old one.
   */
  set?: Assignments;
  lines?: FlowLinesSource;
  /**
   * Takes the flow away that a lower layer gives.
   */
  hidden?: boolean;
}
/**
 * How rows are carried over.
 */
export interface FlowLinesSource {
  /**
   * Lines field they are taken from; one row for the document itself when absent.
   */
  from?: FieldName;
  /**
   * Entity whose records they are made from, in the order of their keys, in place of rows of the document; at most 5,000.
   */
  records?: EntityName;
  /**
   * Lines field they go to; the same name when absent.
   */
  to?: FieldName;
  /**
   * What is still open of a row; rows with nothing open are left out. `set` reads it as `open`.
   */
  open?: Expression;
  /**
   * Which rows are carried; all when absent.
   */
  where?: Expression;
  /**
   * Fields of the new row, as expressions over the old one.
   */
  set: Assignments;
}
/**
 * The layout of an entity's form; it takes the place of the one in the entity's own document.
 */
export interface FormDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the form.
   */
  form: DocumentName;
  /**
   * Entity it lays out.
   */
  entity: EntityName;
  /**
   * What people call it.
   */
  label?: TextSource;
  sections: SectionsSource;
}
/**
 * An append-only book of entries with dimensions, measures and guards on its balances.
 */
export interface LedgerDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the ledger.
   */
  ledger: DocumentName;
  /**
   * What people call it.
   */
  label?: TextSource;
  /**
   * What it keeps, in a sentence.
   */
  description?: TextSource;
  /**
   * What an entry is about: an entity or a plain type for each name; `?` at the end lets it be empty.
   */
  dimensions: {
    [k: string]: string;
  };
  /**
   * What is added up.
   */
  measures: {
    [k: string]: 'money' | 'decimal' | 'quantity' | 'integer';
  };
  /**
   * What people call dimensions and measures, by their name. Without one, a dimension is called as its entity is, and a measure by its name.
   */
  labels?: {
    [k: string]: TextSource;
  };
  /**
   * Expression over the measures that sums to zero for each document, for example `debit - credit`.
   */
  balanced?: Expression;
  /**
   * Sets of dimensions whose balance is kept for each month; reports read the smallest that covers them. One set of all dimensions when absent.
   *
   * @minItems 1
   * @maxItems 12
   */
  balances?: FieldNames[];
  /**
   * What must hold for every entry, over its dimensions and measures.
   *
   * @maxItems 20
   */
  checks?: LedgerCheckSource[];
  periods?: PeriodsSource;
  valuation?: ValuationSource;
  /**
   * What no balance may ever be.
   *
   * @maxItems 10
   */
  guards?: GuardSource[];
  /**
   * Dimensions whose values the ledger chooses from what is on hand, where an entry going out with `pick` leaves them empty.
   *
   * @maxItems 4
   */
  picks?: LedgerPickSource[];
  /**
   * What this ledger must agree with in another one, so that a sub-ledger never leaves its control account.
   *
   * @maxItems 10
   */
  controls?: ControlSource[];
}
/**
 * A rule for entries.
 */
export interface LedgerCheckSource {
  /**
   * What must be true.
   */
  that: Expression;
  /**
   * What people are told; a template in each language.
   */
  message: TextSource;
}
/**
 * Records that say when the ledger takes entries: where one covers a date and is not open, nothing is posted on that date.
 */
export interface PeriodsSource {
  /**
   * Entity of the periods.
   */
  entity: EntityName;
  /**
   * Its field with the first day.
   */
  from: FieldName;
  /**
   * Its field with the last day.
   */
  to: FieldName;
  /**
   * Condition over the period under which it takes entries.
   */
  open: Expression;
}
/**
 * How the cost of what leaves is found.
 */
export interface ValuationSource {
  /**
   * Measure that holds the value.
   */
  value: FieldName;
  /**
   * Measure that holds the quantity.
   */
  by: FieldName;
  /**
   * Expression over the dimensions that gives `fifo`, `average` or `standard`.
   */
  method: Expression;
  /**
   * Cost of one where the method is `standard`.
   */
  standard?: Expression;
  /**
   * Dimensions whose cost is kept together; all when absent.
   */
  per?: FieldNames;
}
/**
 * A limit on balances, kept even when many post at once.
 */
export interface GuardSource {
  /**
   * What a balance may not be, over measures and dimensions.
   */
  never: Expression;
  /**
   * When the guard does not hold.
   */
  unless?: Expression;
  /**
   * Dimensions whose balance is looked at; all when absent.
   */
  by?: FieldNames;
  /**
   * What people are told; a template in each language.
   */
  message: TextSource;
}
/**
 * How what goes out is spread over the balances that differ in one dimension.
 */
export interface LedgerPickSource {
  /**
   * The dimension that is chosen: one that may be empty and by which no cost is kept.
   */
  dimension: FieldName;
  /**
   * The measure that is spread.
   */
  measure: FieldName;
  /**
   * Which entries are spread, over their dimensions; all when absent.
   */
  when?: Expression;
  /**
   * Which balances may be taken, over the dimensions and the `date` of the entry; all when absent.
   */
  only?: Expression;
  /**
   * Whether balances that leave the dimension empty are taken as well; they are not when absent.
   */
  empty?: boolean;
  /**
   * What is taken first: expressions over the dimensions, the smallest first, what has none last.
   *
   * @minItems 1
   * @maxItems 4
   */
  order_by: Expression[];
  /**
   * What people are told when there is not enough; the measure is what is missing.
   */
  message: TextSource;
}
/**
 * Two sums that must always be equal.
 */
export interface ControlSource {
  /**
   * What the agreement is called.
   */
  label?: TextSource;
  /**
   * Which entries of this ledger count, over its dimensions.
   */
  of?: Expression;
  /**
   * Expression over the measures of this ledger.
   */
  value: Expression;
  /**
   * The other ledger.
   */
  ledger: DocumentName;
  /**
   * Which entries of the other ledger count, over its dimensions.
   */
  where?: Expression;
  /**
   * Expression over the measures of the other ledger.
   */
  equals: Expression;
  /**
   * Dimension of this ledger → dimension of the other: the sums agree for each value.
   */
  by?: {
    [k: string]: FieldName;
  };
}
/**
 * The manifest of a module: what it is, what it builds on, its menu and its settings.
 */
export interface ModuleDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the module; its entities begin with it or with a shorter word of its own.
   */
  module: Slug;
  /**
   * What people call the module.
   */
  name: TextSource;
  /**
   * Version of the module (semver), for example `1.2.0`.
   */
  version: string;
  /**
   * Group of modules: `core`, `manufacturing`, `industry` or another.
   */
  category: Slug;
  /**
   * Icon of the module's card and menu.
   */
  icon?: IconName;
  /**
   * What the module does for a company, in a sentence.
   */
  description?: TextSource;
  /**
   * Whether most companies need it.
   */
  is_core?: boolean;
  /**
   * Place among the modules; lower comes first.
   */
  sort_order?: number;
  /**
   * Modules that must be active for this one to work.
   *
   * @maxItems 50
   */
  dependencies?: Slug[];
  /**
   * Entries of the module in the sidebar, in their order.
   *
   * @maxItems 60
   */
  menu?: MenuItemSource[];
  /**
   * What a company may set for this module; expressions read it as `settings.<name>`.
   */
  settings?: {
    [k: string]: SettingSource;
  };
  /**
   * Entities whose first records a new company should enter, in order
   *
   * @maxItems 10
   */
  first_steps?: EntityName[];
}
/**
 * An entry of the menu: it opens an entity's list, a report or a dashboard.
 */
export interface MenuItemSource {
  /**
   * Label; the plural of the entity when absent.
   */
  label?: TextSource;
  /**
   * Icon; that of the entity when absent.
   */
  icon?: IconName;
  /**
   * Entity whose list it opens.
   */
  entity?: EntityName;
  /**
   * Report it opens.
   */
  report?: DocumentName;
  /**
   * Dashboard it opens.
   */
  dashboard?: DocumentName;
  /**
   * Heading it stands under.
   */
  group?: TextSource;
}
/**
 * One setting; its form and its validation come from this.
 */
export interface SettingSource {
  /**
   * What kind of value it holds.
   */
  type: 'boolean' | 'text' | 'integer' | 'decimal' | 'enumeration';
  /**
   * What people call it.
   */
  label?: TextSource;
  /**
   * A sentence that explains it.
   */
  help?: TextSource;
  /**
   * Value until somebody sets another; decimals as strings.
   */
  default?: string | number | boolean;
  /**
   * Choices of an enumeration.
   */
  options?: OptionsSource;
  /**
   * Least value of a number.
   */
  min?: Limit;
  /**
   * Greatest value of a number.
   */
  max?: Limit;
}
/**
 * What a role may do.
 */
export interface PermissionDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the document.
   */
  permission: DocumentName;
  /**
   * Role that gets the grants, for example `sales.clerk`.
   */
  role: DocumentName;
  /**
   * What people call the role.
   */
  label?: TextSource;
  /**
   * What the role may do; everything else stays denied.
   *
   * @minItems 1
   * @maxItems 300
   */
  grants: GrantSource[];
}
/**
 * Actions on the records of one entity.
 */
export interface GrantSource {
  /**
   * Entity the grant is about.
   */
  entity: EntityName;
  /**
   * What may be done; a transition of the entity's workflow is written `transition:<name>`.
   *
   * @minItems 1
   * @maxItems 40
   */
  actions: string[];
  /**
   * Records the grant holds for; all when absent.
   */
  where?: Expression;
  /**
   * Fields that may be read; all when absent. A field of rows is written `lines.price`.
   */
  read?: GrantedFields;
  /**
   * Fields that may be written; all that may be read when absent.
   */
  write?: GrantedFields;
}
/**
 * What a document writes into ledgers; cancelling it writes the exact reverse.
 */
export interface PostingDocument {
  $schema?: SchemaAddress;
  /**
   * Entity of the documents that post.
   */
  posting: EntityName;
  /**
   * When they post: on `submit`, or with a transition of their workflow.
   */
  on: string;
  /**
   * Date of the entries; the document's `date` when absent.
   */
  date?: Expression;
  /**
   * The entries, in order; all are written in one transaction, or none.
   *
   * @minItems 1
   * @maxItems 60
   */
  entries: EntrySource[];
}
/**
 * Entries of one ledger.
 */
export interface EntrySource {
  /**
   * Ledger that is written to.
   */
  ledger: DocumentName;
  /**
   * Lines field: one entry for each of its rows; one for the document when absent.
   */
  each?: FieldName;
  /**
   * Whether there is an entry; always when absent.
   */
  when?: Expression;
  /**
   * What comes in.
   */
  in?: AmountsSource;
  /**
   * What goes out; where the ledger values it, at its cost.
   */
  out?: AmountsSource;
  /**
   * Amount of the measure `debit`.
   */
  debit?: Expression;
  /**
   * Amount of the measure `credit`.
   */
  credit?: Expression;
  /**
   * Changes the value of what came in with the row that `of` names; what is no longer on hand is not absorbed.
   */
  adjust?: AmountsSource;
  /**
   * Row whose incoming value `adjust` changes.
   */
  of?: Expression;
  /**
   * Row whose own cost values this movement, for returns; null for the ordinary cost.
   */
  cost_of?: Expression;
  /**
   * The dimensions.
   */
  at: Assignments;
  /**
   * Dimension that the ledger chooses where `at` leaves it empty, as its `picks` say: one entry for each value that is taken.
   */
  pick?: FieldName;
  /**
   * Name of an earlier entry of the same rows with `pick`: what it took comes in here in the same parts.
   */
  pick_of?: FieldName;
  /**
   * Name under which later entries read what this one moved, for example `issue.value`.
   */
  as?: FieldName;
  /**
   * Words that stand with the entry.
   */
  memo?: TemplateText;
}
/**
 * Measures and the expressions that give their amounts.
 */
export interface AmountsSource {
  [k: string]: Expression;
}
/**
 * A printed page of a record, for HTML and PDF. The print that bears the name of its entity is the one that is meant when none is named.
 */
export interface PrintDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the print.
   */
  print: DocumentName;
  /**
   * Entity whose records it prints.
   */
  entity: EntityName;
  /**
   * What people call it.
   */
  label: TextSource;
  /**
   * ISO 4217 code of the money on it, for example `currency.code`; the company's currency when absent.
   */
  currency?: Expression;
  page?: PageSource;
  /**
   * The parts of the page from top to bottom.
   *
   * @minItems 1
   * @maxItems 60
   */
  blocks: PrintBlockSource[];
  /**
   * Takes the print away that a lower layer gives.
   */
  hidden?: boolean;
}
/**
 * The paper.
 */
export interface PageSource {
  /**
   * Size of the paper; A4 when absent. Receipts are rolls of 58 and 80 mm, a label is 100 × 50 mm.
   */
  size?: 'A4' | 'A5' | 'letter' | 'receipt-58' | 'receipt-80' | 'label';
  /**
   * Which way it stands; portrait when absent.
   */
  orientation?: 'portrait' | 'landscape';
  /**
   * Margin on every side in millimetres; 15 when absent, 4 on receipts and labels.
   */
  margin_mm?: number;
}
/**
 * A part of the page.
 */
export interface PrintBlockSource {
  /**
   * Kind of block. `columns` puts its blocks beside each other.
   */
  type: 'header' | 'fields' | 'grid' | 'totals' | 'text' | 'code' | 'signature' | 'columns';
  /**
   * Heading of the block; in a header the title, which is the print's label when absent.
   */
  label?: PrintText;
  /**
   * Words of the block; in a header what stands below the company's name.
   */
  text?: PrintText;
  /**
   * Of a header: id of the uploaded PNG or JPEG file that stands beside the company's name.
   */
  logo?: Expression;
  /**
   * Columns the fields stand in; 2 when absent.
   */
  columns?: 1 | 2 | 3;
  /**
   * Values of the record, or of the rows of a grid.
   */
  fields?: PrintItemsSource;
  /**
   * Lines field a grid shows.
   */
  of?: FieldName;
  /**
   * What a code says.
   */
  value?: Expression;
  /**
   * Kind of code; a barcode is Code 128.
   */
  code?: 'barcode' | 'qr';
  /**
   * Who signs, each with a line of their own; templates in each language. What stands after a line break stands below the line.
   *
   * @minItems 1
   * @maxItems 6
   */
  signers?: PrintText[];
  /**
   * The blocks that stand beside each other.
   *
   * @minItems 1
   * @maxItems 4
   */
  blocks?: PrintBlockSource[];
  /**
   * Share of the width beside the other blocks of the columns; 1 when absent.
   */
  width?: number;
  /**
   * Whether the block is printed; always when absent.
   */
  when?: Expression;
}
/**
 * Figures from an entity or a ledger, grouped and added up.
 */
export interface ReportDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the report.
   */
  report: DocumentName;
  /**
   * What people call it.
   */
  label: TextSource;
  /**
   * What it answers, in a sentence.
   */
  description?: TextSource;
  /**
   * Icon in the menu.
   */
  icon?: IconName;
  source: ReportSource;
  /**
   * Other sources whose figures stand beside those of the first, by the name that measures call them.
   */
  beside?: {
    [k: string]: ReportBesideSource;
  };
  /**
   * What whoever runs the report may choose.
   */
  parameters?: {
    [k: string]: ParameterSource;
  };
  /**
   * What the figures are grouped by, the outermost first.
   *
   * @maxItems 10
   */
  dimensions?: ReportDimensionSource[];
  /**
   * The figures.
   *
   * @minItems 1
   * @maxItems 30
   */
  measures: ReportMeasureSource[];
  /**
   * Dimensions and measures it is sorted by.
   */
  sort?: SortNames;
  layout?: ReportLayoutSource;
  /**
   * Standard form that the report may also be taken away in: `journal` writes the entries of a balanced ledger as plain-text accounting (hledger, beancount); an element writes an XML document.
   */
  exchange?: 'journal' | ReportElementSource;
}
/**
 * Where the figures come from: an entity, its rows, or a ledger.
 */
export interface ReportSource {
  /**
   * Entity whose records are read.
   */
  entity?: EntityName;
  /**
   * Lines field of the entity: its rows are read, the record is their `parent`.
   */
  each?: FieldName;
  /**
   * Ledger whose entries are read.
   */
  ledger?: DocumentName;
  /**
   * Which of them count; parameters are `parameters.<name>`.
   */
  where?: Expression;
}
/**
 * A further source of figures. Its rows are grouped by the same dimensions as those of the first.
 */
export interface ReportBesideSource {
  /**
   * Entity whose records are read.
   */
  entity?: EntityName;
  /**
   * Lines field of the entity: its rows are read, the record is their `parent`.
   */
  each?: FieldName;
  /**
   * Ledger whose entries are read.
   */
  ledger?: DocumentName;
  /**
   * Which of them count; parameters are `parameters.<name>`.
   */
  where?: Expression;
  /**
   * By the name of a dimension, what is its value here; the expression of the dimension itself when absent.
   */
  dimensions?: {
    [k: string]: Expression;
  };
}
/**
 * A choice of whoever runs the report.
 */
export interface ParameterSource {
  /**
   * What kind of value it is.
   */
  type: 'date' | 'text' | 'integer' | 'decimal' | 'boolean' | 'enumeration' | 'link';
  /**
   * What people call it.
   */
  label?: TextSource;
  /**
   * Value when none is chosen.
   */
  default?: Expression;
  /**
   * Whether it must be chosen.
   */
  required?: boolean;
  /**
   * Choices of an enumeration.
   */
  options?: OptionsSource;
  /**
   * Entity of a link.
   */
  to?: EntityName;
}
/**
 * What figures are grouped by.
 */
export interface ReportDimensionSource {
  /**
   * Name of its column.
   */
  name: FieldName;
  /**
   * Heading of its column.
   */
  label?: TextSource;
  /**
   * Its value; the field or dimension of the same name when absent.
   */
  value?: Expression;
  /**
   * Upper limits that a number is sorted into: `[0, 30, 60]` gives up to 0, 1 to 30, 31 to 60 and above.
   *
   * @minItems 1
   * @maxItems 12
   */
  buckets?: number[];
  /**
   * What the buckets are called, one more than there are limits; made from the limits when absent.
   *
   * @minItems 2
   * @maxItems 13
   */
  labels?: TextSource[];
  /**
   * Whether it only keeps lines apart, without a column.
   */
  hidden?: boolean;
}
/**
 * A figure: an aggregate over the group, or worked out from other figures.
 */
export interface ReportMeasureSource {
  /**
   * Name of its column.
   */
  name: FieldName;
  /**
   * Heading of its column.
   */
  label?: TextSource;
  /**
   * Source beside the first that it counts; the first when absent.
   */
  of?: FieldName;
  /**
   * Aggregate over the group, for example `sum(debit - credit)`.
   */
  value?: Expression;
  /**
   * Which of the group count for it; all when absent.
   */
  where?: Expression;
  /**
   * How it is written.
   */
  format?: 'money' | 'quantity' | 'percent' | 'integer' | 'decimal' | 'date';
  /**
   * Expression over the measures above it, for example `income - expense`.
   */
  computed?: Expression;
  /**
   * Which entries of a ledger count: those before `parameters.from`, from there to `parameters.to`, or all up to `parameters.to`.
   */
  span?: 'opening' | 'movement' | 'closing';
  /**
   * Whether it is added up from line to line, anew below each subtotal. With the span `closing` it begins with what was there before `parameters.from`.
   */
  running?: boolean;
  /**
   * Whether it is shown as percent of its total.
   */
  share?: boolean;
  /**
   * Whether it only serves computed measures, without a column.
   */
  hidden?: boolean;
}
/**
 * How it is shown; a table when absent.
 */
export interface ReportLayoutSource {
  /**
   * Kind of layout.
   */
  type: 'table' | 'pivot' | 'chart' | 'statement';
  /**
   * Kind of chart; a table or pivot may have one beside it.
   */
  chart?: 'bar' | 'line' | 'doughnut';
  /**
   * Dimensions along the top of a pivot.
   */
  across?: FieldNames;
  /**
   * Dimension whose tree makes the lines of a statement: each line has the sums of those below it.
   */
  tree?: FieldName;
  /**
   * Dimensions that get a line of their own with the sums of what stands below it, the outermost first.
   */
  subtotals?: FieldNames;
  /**
   * Expression that gives 1 or -1 for an entry: figures of a statement are shown times it, totals are not. `-1` shows as positive what is kept as negative.
   */
  sign?: Expression;
  /**
   * Parts of a statement, in order; what belongs to none is left out.
   *
   * @minItems 1
   * @maxItems 20
   */
  sections?: ReportSectionSource[];
  /**
   * Whether lines with nothing but zeros are shown; for a ledger they are left out when absent.
   */
  zeros?: boolean;
  /**
   * Whether a line of totals closes it; true when absent.
   */
  totals?: boolean;
}
/**
 * A part of a statement.
 */
export interface ReportSectionSource {
  /**
   * Name that computed sections call it by.
   */
  name: FieldName;
  /**
   * Heading of the part.
   */
  label: TextSource;
  /**
   * Which entries belong to it; those of the first section that takes them.
   */
  where?: Expression;
  /**
   * Whether its lines are shown below its sum; true when absent.
   */
  lines?: boolean;
  /**
   * Expression over the sections above it, for example `income - expense`, in place of entries.
   */
  computed?: Expression;
}
/**
 * An element of an XML document.
 */
export interface ReportElementSource {
  /**
   * Its name.
   */
  element: string;
  /**
   * Its attributes, which are the same in every document.
   */
  attributes?: {
    [k: string]: string;
  };
  /**
   * Dimensions: the element stands once for each of their values in what it is about; once when absent.
   */
  each?: FieldNames;
  /**
   * Its text: an expression over dimensions and measures of what it is about. An element without a value is empty.
   */
  value?: Expression;
  /**
   * The elements in it.
   *
   * @minItems 1
   * @maxItems 100
   */
  content?: ReportElementSource[];
}
/**
 * The manifest of an industry template: a layer between the modules and a company's own changes.
 */
export interface TemplateDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the template.
   */
  template: Slug;
  /**
   * What people call it.
   */
  name: TextSource;
  /**
   * What it changes for a company of the trade, in a sentence.
   */
  description?: TextSource;
  /**
   * Version of the template (semver), for example `1.2.0`.
   */
  version: string;
  /**
   * Business types that get the template.
   *
   * @maxItems 100
   */
  business_types?: Slug[];
  /**
   * Modules whose documents it changes.
   *
   * @maxItems 50
   */
  modules?: Slug[];
}
/**
 * Texts of other documents in one language, each found by its path.
 */
export interface TranslationDocument {
  $schema?: SchemaAddress;
  /**
   * Language of the texts.
   */
  translation: 'en' | 'id';
  /**
   * Texts by path: kind, name of the document and the way to the text, for example `entity/sales.customer/fields/name/label`.
   */
  texts: {
    [k: string]: string;
  };
}
/**
 * A way to look at many records of an entity.
 */
export interface ViewDocument {
  $schema?: SchemaAddress;
  /**
   * Name of the view.
   */
  view: DocumentName;
  /**
   * Entity whose records it shows.
   */
  entity: EntityName;
  /**
   * How records are shown.
   */
  type: 'list' | 'kanban' | 'calendar' | 'tree' | 'gantt' | 'pivot';
  /**
   * What people call it.
   */
  label?: TextSource;
  /**
   * Icon of its tab.
   */
  icon?: IconName;
  /**
   * Columns of a list or tree, lines of a card.
   */
  columns?: FieldNames;
  /**
   * Fields offered as filters.
   */
  filters?: FieldNames;
  /**
   * Order of the records.
   */
  sort?: SortNames;
  /**
   * Which records it shows; all when absent.
   */
  where?: Expression;
  /**
   * Enumeration, link or status that makes the columns of a kanban board.
   */
  group_by?: FieldName;
  /**
   * Date or instant where a calendar entry or a bar begins.
   */
  start?: FieldName;
  /**
   * Where it ends; a day long when absent.
   */
  end?: FieldName;
  /**
   * Percent that is done, drawn inside a bar.
   */
  progress?: FieldName;
  /**
   * Enumeration that colours cards, entries and bars.
   */
  color?: FieldName;
  /**
   * Fields down the side of a pivot.
   */
  rows?: FieldNames;
  /**
   * Fields along the top of a pivot.
   */
  across?: FieldNames;
  /**
   * What stands in the cells of a pivot.
   *
   * @minItems 1
   * @maxItems 10
   */
  values?: PivotValueSource[];
}
/**
 * A figure of a pivot.
 */
export interface PivotValueSource {
  /**
   * How records become one figure.
   */
  aggregate: 'count' | 'sum' | 'avg' | 'min' | 'max';
  /**
   * Number field that is aggregated.
   */
  field?: FieldName;
  /**
   * Heading of the figure.
   */
  label?: TextSource;
}
/**
 * The states a document moves through, who may move it and under which conditions.
 */
export interface WorkflowDocument {
  $schema?: SchemaAddress;
  /**
   * Entity whose records move through the states.
   */
  workflow: EntityName;
  /**
   * What people call the workflow.
   */
  label?: TextSource;
  /**
   * The states; a new record starts in the first.
   *
   * @minItems 2
   * @maxItems 40
   */
  states: StateSource[];
  /**
   * The ways from state to state.
   *
   * @minItems 1
   * @maxItems 100
   */
  transitions: TransitionSource[];
  /**
   * Takes the workflow away that a lower layer gives.
   */
  hidden?: boolean;
}
/**
 * A way from one state to another.
 */
export interface TransitionSource {
  /**
   * What the action is called in addresses and grants.
   */
  name: Slug;
  /**
   * What its button says.
   */
  label?: TextSource;
  /**
   * State, or states, it leaves.
   *
   * @minItems 1
   * @maxItems 40
   */
  from: string | Slug[];
  /**
   * State it leads to.
   */
  to: Slug;
  /**
   * Roles that may take it; whoever may update the record when absent.
   *
   * @minItems 1
   * @maxItems 40
   */
  roles?: string[];
  /**
   * What must be true to take it.
   */
  guard?: Expression;
  /**
   * What people are told when the guard is not met.
   */
  message?: TextSource;
  /**
   * Different people who must take it before it counts; 1 when absent.
   */
  approvals?: number;
  /**
   * Whether whoever made the record may take it; true when absent.
   */
  self_approval?: boolean;
  /**
   * What happens with it.
   */
  do?: ActionsSource;
}
