import type { GlobalName } from './ast.ts';
import type { ValueType } from '../metamodel/value-type.ts';

/** A record whose fields a bare name may mean. */
export interface ScopeFrame {
  /** `self` is the record, `parent` the owner of a line, `group` the rows being grouped in a derive. */
  readonly frame: 'self' | 'parent' | 'group';
  readonly entity: string;
}

/** Plain value types have a `kind`; anything else is a record of them. */
export type LocalType = ValueType | { readonly members: Readonly<Record<string, ValueType>> };

/** What a ledger is made of. */
export interface LedgerTypes {
  readonly dimensions: Readonly<Record<string, ValueType>>;
  readonly measures: Readonly<Record<string, ValueType>>;
}

/** What the database can be asked for beyond the links of a record. */
export interface Lookups {
  readonly ledgers: Readonly<Record<string, LedgerTypes>>;
  /** The fields that records of an entity can be found by; none when there is no such entity. */
  findable(entity: string): readonly string[];
}

/** How the type checker sees the model. Passed in, so that the language knows nothing of the compiler. */
export interface Scope {
  /** Searched in order for a bare name. Rows of a group are seen by aggregates only. */
  readonly frames: readonly ScopeFrame[];
  fieldType(entity: string, field: string): ValueType | undefined;
  fieldNames(entity: string): readonly string[];
  /** Values that whoever runs the expression gives by name: one value, or a record of members. */
  readonly locals?: Readonly<Record<string, LocalType>>;
  /** What `find`, `balance` and `moved` may look into; present only where the server runs the expression. */
  readonly lookups?: Lookups;
  /** The fields that `pick` may read of an entity, none when there is no such entity; present only in defaults. */
  readonly pickable?: (entity: string) => readonly string[];
  readonly globals: Readonly<Record<GlobalName, Readonly<Record<string, ValueType>>>>;
}
