import type { Decimal } from '../base/decimal.ts';
import type { JournalRoot } from '../compiler/report-model.ts';

/** A place in the tree of accounts. */
export interface JournalAccount {
  readonly id: string;
  /** Names from the top of the tree down. */
  readonly path: readonly string[];
  readonly root: JournalRoot | null;
}

/** What one voucher moved; its postings sum to zero. */
export interface JournalTransaction {
  readonly date: string;
  /** Number of the document. */
  readonly number: string | null;
  readonly description: string;
  /** What was done with the document: `post`, `reverse` or `adjust`. */
  readonly action: string;
  readonly postings: readonly JournalPosting[];
}

export interface JournalPosting {
  /** Id of the account; null where the entry has none. */
  readonly account: string | null;
  readonly amount: Decimal;
  readonly memo: string | null;
}

export interface Journal {
  readonly title: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Fraction digits of amounts. */
  readonly scale: number;
  /** On or before the date of the first transaction. */
  readonly since: string;
  readonly accounts: readonly JournalAccount[];
  readonly transactions: AsyncIterable<readonly JournalTransaction[]>;
}

export type JournalFormat = 'hledger' | 'beancount';

/** A journal as plain-text accounting, piece by piece: a transaction for each voucher. */
export async function* writeJournal(journal: Journal, format: JournalFormat): AsyncGenerator<string> {
  const writer = format === 'hledger' ? new HledgerWriter(journal) : new BeancountWriter(journal);
  yield writer.head();
  for await (const transactions of journal.transactions) {
    const pieces = transactions.filter(({ postings }) => postings.length > 0).map((each) => writer.transaction(each));
    if (pieces.length > 0) yield pieces.join('');
  }
}

interface JournalWriter {
  head(): string;
  transaction(transaction: JournalTransaction): string;
}

/** Where amounts stand in a line. */
const AMOUNT_COLUMN = 60;
/** What an entry without an account is booked to. */
const NO_ACCOUNT = 'Unassigned';

function amountText(amount: Decimal, { scale, currency }: Journal): string {
  return `${amount.toFixed(scale)} ${currency}`;
}

/** One line of plain text: line ends and other control characters become spaces. */
function lineOf(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** https://hledger.org/hledger.html: `;` begins a comment, two spaces end the name of an account. */
class HledgerWriter implements JournalWriter {
  readonly #journal: Journal;
  readonly #names: ReadonlyMap<string, string>;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#names = uniqueNames(journal.accounts, ({ path }) => path.map(accountPart).join(':'), '-');
  }

  head(): string {
    const { title, accounts, currency, scale } = this.#journal;
    const sample = scale === 0 ? '1000.' : `1000.${'0'.repeat(scale)}`;
    const declared = accounts.map(({ id, root }) => {
      const type = root === null ? '' : `  ; type: ${TYPES[root]}`;
      return `account ${this.#names.get(id) ?? ''}${type}\n`;
    });
    return `; ${comment(title)}\ndecimal-mark .\ncommodity ${sample} ${currency}\n\n${declared.join('')}account ${NO_ACCOUNT}\n\n`;
  }

  transaction({ date, number, description, action, postings }: JournalTransaction): string {
    const code = number === null ? '' : ` (${lineOf(number).replace(/[()]/g, ' ').replaceAll(';', ',')})`;
    const lines = postings.map(({ account, amount, memo }) => {
      const name = account === null ? NO_ACCOUNT : (this.#names.get(account) ?? NO_ACCOUNT);
      const note = memo === null || memo === '' ? '' : `  ; ${comment(memo)}`;
      return `    ${name.padEnd(AMOUNT_COLUMN - 6)}  ${amountText(amount, this.#journal)}${note}\n`;
    });
    return `${date} *${code} ${lineOf(description).replaceAll(';', ',')}  ; action: ${action}\n${lines.join('')}\n`;
  }
}

const TYPES: Readonly<Record<JournalRoot, string>> = {
  Assets: 'A',
  Liabilities: 'L',
  Equity: 'E',
  Income: 'R',
  Expenses: 'X',
};

function accountPart(name: string): string {
  const part = lineOf(name)
    .replace(/[:;]/g, '-')
    .replace(/^[([*!~]+|[)\]]+$/g, '');
  return part === '' ? '-' : part;
}

/** A colon in a comment makes a tag; text of people makes none. */
function comment(text: string): string {
  return lineOf(text.replaceAll(';', ',').replaceAll(':', ' '));
}

/** https://beancount.github.io/docs/beancount_language_syntax.html: five roots, each part begins with a capital. */
class BeancountWriter implements JournalWriter {
  readonly #journal: Journal;
  readonly #names: ReadonlyMap<string, string>;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#names = uniqueNames(journal.accounts, beancountName, '-');
  }

  head(): string {
    const { title, currency, accounts, since } = this.#journal;
    const opened = [...accounts.map(({ id }) => this.#names.get(id) ?? ''), `Equity:${NO_ACCOUNT}`].map(
      (name) => `${since} open ${name} ${currency}\n`,
    );
    return `option "title" ${quoted(title)}\noption "operating_currency" "${currency}"\n\n${opened.join('')}\n`;
  }

  transaction({ date, number, description, action, postings }: JournalTransaction): string {
    const head = `${date} * ${quoted(description)}\n`;
    const code = number === null ? '' : `  number: ${quoted(number)}\n`;
    const lines = postings.map(({ account, amount, memo }) => {
      const name = (account === null ? undefined : this.#names.get(account)) ?? `Equity:${NO_ACCOUNT}`;
      const note = memo === null || memo === '' ? '' : `    memo: ${quoted(memo)}\n`;
      return `  ${name.padEnd(AMOUNT_COLUMN - 4)}  ${amountText(amount, this.#journal)}\n${note}`;
    });
    return `${head}${code}  action: ${quoted(action)}\n${lines.join('')}\n`;
  }
}

function beancountName({ path, root }: JournalAccount): string {
  const top = root ?? 'Equity';
  const parts = path.map(beancountPart);
  // A tree that begins with the root itself does not say it twice.
  return [top, ...(parts.length > 1 && parts[0]?.toLowerCase() === top.toLowerCase() ? parts.slice(1) : parts)].join(
    ':',
  );
}

/** Letters and digits of ASCII and hyphens, a capital or digit first. */
function beancountPart(name: string): string {
  const plain = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'X' : plain.charAt(0).toUpperCase() + plain.slice(1);
}

function quoted(text: string): string {
  return `"${lineOf(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A name for each account; where two would share one, their ids tell them apart. */
function uniqueNames(
  accounts: readonly JournalAccount[],
  nameOf: (account: JournalAccount) => string,
  mark: string,
): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const account of accounts) counts.set(nameOf(account), (counts.get(nameOf(account)) ?? 0) + 1);
  return new Map(
    accounts.map((account) => {
      const name = nameOf(account);
      return [account.id, counts.get(name) === 1 ? name : `${name}${mark}${account.id}`];
    }),
  );
}
