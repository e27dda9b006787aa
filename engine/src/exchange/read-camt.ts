import type { Readable } from 'node:stream';
import { statementRows } from './bank-statement.ts';
import type { BankEntry, BankStatement } from './bank-statement.ts';
import { unreadable } from './table.ts';
import type { TableRow } from './table.ts';
import { readXml } from './xml.ts';

const ENTRIES_MAX = 100_000;
const LENGTH_MAX = 200_000_000;

/**
 * The statements of a bank-to-customer statement (ISO 20022, camt.053 of any version) as rows of a table. Entries that
 * are not booked yet are left out. Throws the refusal `unreadable-file`.
 */
export function readCamt(bytes: Readable): AsyncGenerator<readonly TableRow[]> {
  return statementRows(statementsOf(bytes));
}

async function* statementsOf(bytes: Readable): AsyncGenerator<BankStatement> {
  const reader = new StatementReader();
  for await (const events of readXml(bytes, LENGTH_MAX)) {
    for (const event of events) {
      if (event.kind === 'open') reader.open(event.name);
      else if (event.kind === 'text') reader.text(event.text);
      else {
        const statement = reader.close();
        if (statement !== null) yield statement;
      }
    }
  }
  if (!reader.hasAny) throw unreadable('it has no statement in the format camt.053');
}

/** Paths below a statement that name its account, the IBAN first. */
const ACCOUNTS = ['Acct/Id/IBAN', 'Acct/Id/Othr/Id'] as const;
const NUMBERS = ['ElctrncSeqNb', 'LglSeqNb', 'Id'] as const;
const DETAILS = 'NtryDtls/TxDtls';
/** What an entry is about, as far as it says so. */
const DESCRIPTIONS = [
  `${DETAILS}/RltdPties/Dbtr/Nm`,
  `${DETAILS}/RltdPties/Dbtr/Pty/Nm`,
  `${DETAILS}/RltdPties/Cdtr/Nm`,
  `${DETAILS}/RltdPties/Cdtr/Pty/Nm`,
  `${DETAILS}/RmtInf/Ustrd`,
  `${DETAILS}/AddtlTxInf`,
  'AddtlNtryInf',
] as const;
const REFERENCES = [`${DETAILS}/Refs/EndToEndId`, 'AcctSvcrRef', `${DETAILS}/Refs/AcctSvcrRef`, 'NtryRef'] as const;
/** What stands where nobody gave a reference. */
const NO_REFERENCE = 'NOTPROVIDED';

type Texts = Map<string, string[]>;

/** Follows the elements of a document and keeps the texts of the statement, balance and entry that are open. */
class StatementReader {
  hasAny = false;
  readonly #path: string[] = [];
  #text = '';
  #statement: Texts = new Map();
  #inner: Texts = new Map();
  #balances: { readonly code: string; readonly date: string; readonly amount: string }[] = [];
  #entries: BankEntry[] = [];

  open(name: string): void {
    this.#path.push(name);
    this.#text = '';
    if (name === 'Stmt') {
      this.hasAny = true;
      this.#statement = new Map();
      this.#balances = [];
      this.#entries = [];
    }
    if (this.#isPart()) this.#inner = new Map();
  }

  text(text: string): void {
    this.#text += text;
  }

  /** The statement that has ended with this element; null for any other. */
  close(): BankStatement | null {
    const name = this.#path.at(-1) ?? '';
    const text = this.#text.trim();
    this.#text = '';
    const from = this.#path.indexOf('Stmt');
    const part = this.#path[from + 1];
    if (from >= 0 && text !== '') {
      const isInner = part === 'Bal' || part === 'Ntry';
      const path = this.#path.slice(from + (isInner ? 2 : 1)).join('/');
      const texts = isInner ? this.#inner : this.#statement;
      texts.set(path, [...(texts.get(path) ?? []), text]);
    }
    if (this.#isPart() && name === 'Bal') this.#endBalance();
    if (this.#isPart() && name === 'Ntry') this.#endEntry();
    this.#path.pop();
    return name === 'Stmt' ? this.#whole() : null;
  }

  /** Whether the element is a balance or an entry right below a statement. */
  #isPart(): boolean {
    const name = this.#path.at(-1);
    return (name === 'Bal' || name === 'Ntry') && this.#path.at(-2) === 'Stmt';
  }

  #endBalance(): void {
    const code = first(this.#inner, ['Tp/CdOrPrtry/Cd']);
    const date = first(this.#inner, ['Dt/Dt', 'Dt/DtTm']).slice(0, 10);
    this.#balances.push({ code, date, amount: this.#amount() });
  }

  #endEntry(): void {
    if (first(this.#inner, ['Sts/Cd', 'Sts']) === 'PDNG') return;
    const date = first(this.#inner, ['BookgDt/Dt', 'BookgDt/DtTm', 'ValDt/Dt', 'ValDt/DtTm']).slice(0, 10);
    const texts = DESCRIPTIONS.flatMap((path) => this.#inner.get(path) ?? []);
    const references = REFERENCES.flatMap((path) => this.#inner.get(path) ?? []);
    this.#entries.push({
      date,
      amount: this.#amount(),
      description: [...new Set(texts)].join(' ').replace(/\s+/g, ' '),
      reference: references.find((each) => each !== NO_REFERENCE) ?? '',
    });
    if (this.#entries.length > ENTRIES_MAX) throw unreadable(`a statement has more than ${ENTRIES_MAX} entries`);
  }

  #amount(): string {
    const amount = first(this.#inner, ['Amt']);
    if (!/^\d{1,18}(?:\.\d{0,17})?$/.test(amount)) throw unreadable(`“${amount.slice(0, 40)}” is no amount`);
    const isOut = first(this.#inner, ['CdtDbtInd']) === 'DBIT';
    return isOut ? `-${amount}` : amount;
  }

  #whole(): BankStatement {
    const account = first(this.#statement, ACCOUNTS);
    const number = first(this.#statement, NUMBERS);
    // A statement may open with the balance that the one before it closed with.
    const opening = this.#balances.find(({ code }) => code === 'OPBD' || code === 'PRCD');
    const closing = this.#balances.find(({ code }) => code === 'CLBD');
    if (opening === undefined || closing === undefined) {
      throw unreadable(`statement ${number} has no opening or no closing balance`);
    }
    const { date, amount } = closing;
    return { account, number, date, opening: opening.amount, closing: amount, entries: this.#entries };
  }
}

function first(texts: Texts, paths: readonly string[]): string {
  for (const path of paths) {
    const [text] = texts.get(path) ?? [];
    if (text !== undefined) return text;
  }
  return '';
}
