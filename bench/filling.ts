import type { Store } from './servers/store.ts';

/** So many customers live in one city. */
export const CUSTOMERS_PER_CITY = 100;

const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');

/** Rows that one statement makes; MySQL is given half a minute for each. */
const PORTION = 50_000;

/** The numbers from `first` on, `count` of them, as a table with the column `n`. */
export function numbers(first: number, count: number): string {
  const powers = Array.from({ length: String(count - 1).length }, (_, exponent) => exponent);
  const sum = powers.map((exponent) => `${10 ** exponent} * p${exponent}.d`).join(' + ');
  const tables = powers.map((exponent) => `(${digits}) p${exponent}`).join(' CROSS JOIN ');
  return `(SELECT ${first} + ${sum} AS n FROM ${tables}) numbers WHERE n < ${first + count}`;
}

/** A number with leading zeros. */
const padded = (expression: string, length: number): string =>
  `SUBSTR(CONCAT('${'0'.repeat(length)}', ${expression}), -${length})`;

const CODE = padded('n', 7);
/** Another order than that of the ids, so that sorting by name is work. */
const NAME = padded('(n * 7919) % 1000003', 7);
const PHONE = `CONCAT('08', ${padded('n', 8)})`;

export function cityOf(number: number): string {
  return `Kota${String(number).padStart(5, '0')}`;
}

/**
 * Fills a company with customers, past the engine but as it would have left them: with counts, the number series and,
 * when wanted, history and the search index.
 */
export async function fillCustomers(store: Store, count: number, withTraces: boolean): Promise<void> {
  const cities = Math.max(1, Math.floor(count / CUSTOMERS_PER_CITY));
  const city = `CONCAT('Kota', ${padded(`n % ${cities}`, 5)})`;
  const portions = Array.from({ length: Math.ceil(count / PORTION) }, (_, index) =>
    numbers(1 + index * PORTION, Math.min(PORTION, count - index * PORTION)),
  );
  const statements = [
    ...portions.map(customersFrom(city)),
    `INSERT INTO rk_counter (entity, shard, n) VALUES ('sales.customer', 0, ${count})`,
    `INSERT INTO rk_sequence (name, period, next_value) VALUES ('sales.customer.code', '', ${count + 1})`,
    ...(withTraces ? portions.flatMap((rows) => [historyFrom(rows), ...wordsFrom(rows, city, store)]) : []),
  ];
  for (const sql of statements) {
    await store.transaction(async (writing) => {
      // What is filled in is known to be right, and checking it took most of the time.
      if (store.dialect === 'mysql') await writing.run('SET SESSION unique_checks = 0, foreign_key_checks = 0');
      await writing.run(sql);
    });
  }
}

const AT = '2026-01-01 00:00:00.000';

const customersFrom = (city: string) => (rows: string) => `
  INSERT INTO sales_customer
    (id, version, created_at, created_by, updated_at, updated_by, code, name, phone, address, city, credit_limit,
     payment_term_id, price_list_id, is_active)
  SELECT n, 1, '${AT}', '1', '${AT}', '1', CONCAT('CUST-', ${CODE}), CONCAT('Toko ', ${NAME}), ${PHONE},
    CONCAT('Jalan Raya ', n), ${city}, 500000, 1, 1, 1
  FROM ${rows} ORDER BY n`;

const historyFrom = (rows: string): string => `
  INSERT INTO rk_history (entity, record_id, version, action, actor_kind, actor_id, actor_name, at, changes)
  SELECT 'sales.customer', n, 1, 'create', 'person', '1', 'Bench', '${AT}',
    CONCAT('{"code":[null,"CUST-', ${CODE}, '"],"name":[null,"Toko ', ${NAME}, '"]}')
  FROM ${rows} ORDER BY n`;

function wordsFrom(rows: string, city: string, { dialect }: Store): readonly string[] {
  const ignore = dialect === 'sqlite' ? 'OR IGNORE' : 'IGNORE';
  return ["'cust'", CODE, "'toko'", NAME, PHONE, `LOWER(${city})`].map(
    (word) => `
      INSERT ${ignore} INTO rk_word (entity, word, record_id)
      SELECT 'sales.customer', ${word}, n FROM ${rows} ORDER BY ${word}, n`,
  );
}
