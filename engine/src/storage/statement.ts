/** Stands before a table's name wherever a statement names one; each database puts its own schema there. */
const SCHEMA_MARK = '{schema}.';

/** What may be bound to a `?`. Decimals and instants are bound as text (see dialect.ts), never as a binary float. */
export type Binding = string | number | bigint | boolean | null | Uint8Array;

/** What a driver hands back, before a field type gives it meaning; dialect.ts lists it for each column type. */
export type RawValue = string | number | bigint | null | Uint8Array;

export type RawRow = Readonly<Record<string, RawValue>>;

/** SQL text that serves every company: made once, when metadata compiles, and run a million times. */
export interface Statement {
  /** The text between the places where a schema's name goes. */
  readonly parts: readonly string[];
  /** The text for a database that needs no schema name. */
  readonly plain: string;
}

/** Cuts SQL text at its schema marks; see `table`. */
export function statement(sql: string): Statement {
  const parts = sql.split(SCHEMA_MARK);
  return { parts, plain: parts.join('') };
}

/** A table's or column's name as SQL text. Names come from metadata, never from a request. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** How a statement names a table: quoted, with the mark for its schema. */
export function table(name: string): string {
  return SCHEMA_MARK + quoted(name);
}

/** The text for one schema. */
export function textFor(statement: Statement, schema: string): string {
  return statement.parts.join(`${quoted(schema)}.`);
}
