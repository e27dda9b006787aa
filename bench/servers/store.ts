export type Value = string | number | bigint | boolean | null;
export type Row = Readonly<Record<string, unknown>>;

export interface Change {
  readonly changes: number;
  /** Of the first row that an INSERT added; its other rows follow one by one. */
  readonly lastId: number;
}

export interface Reading {
  all(sql: string, values?: readonly Value[]): Row[] | Promise<Row[]>;
  get(sql: string, values?: readonly Value[]): Row | undefined | Promise<Row | undefined>;
}

export interface Writing extends Reading {
  run(sql: string, values?: readonly Value[]): Change | Promise<Change>;
}

/** A database as a server of its own would use it: prepared statements, and transactions that end as a whole. */
export interface Store extends Reading {
  readonly dialect: 'sqlite' | 'mysql';
  transaction<T>(work: (writing: Writing) => Promise<T>): Promise<T>;
  /** What the driver hands back for a decimal column → plain notation. */
  readDecimal(raw: unknown, scale: number): string | null;
  /** Units of a decimal → what its column is given. */
  bindDecimal(units: bigint | null, scale: number): Value;
  close(): Promise<void>;
}

/** `?, ?, ?` */
export function places(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ');
}

/** `(?, ?), (?, ?)` */
export function placeRows(rows: number, columns: number): string {
  return Array.from({ length: rows }, () => `(${places(columns)})`).join(', ');
}
