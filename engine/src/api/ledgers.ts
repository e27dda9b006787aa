import { authorizeLedger } from '../access/ledgers.ts';
import { actorOf } from '../access/caller.ts';
import { refuse } from '../base/errors.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import type { Field } from '../compiler/model.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import type { ListQuery } from '../metamodel/operation.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import type { ReadFrom } from '../records/context.ts';
import { readingFrom } from '../records/write-unit.ts';
import { listBalances } from '../reports/balance-list.ts';
import { listEntries } from '../reports/entry-list.ts';
import { recordContext } from '../runtime/company.ts';
import { readListQuery } from './list-query.ts';
import { pageLinks } from './page-links.ts';
import { flag, refuseUnknown, single } from './parameters.ts';
import { faultCollector, readQueryTree } from './query-tree.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const BASE = '/api/v1/ledgers/:ledger';

/** The books: single entries, and what they add up to. */
export function ledgerRoutes(): readonly Route[] {
  return [member('records', `GET ${BASE}/entries`, entries), member('records', `GET ${BASE}/balances`, balances)];
}

const EVERYTHING: ListQuery = {
  condition: null,
  sort: [],
  fields: null,
  include: [],
  search: null,
  titles: true,
  page: { number: 1, size: 1 },
};

interface LedgerAsked {
  readonly ledger: Ledger;
  readonly authorized: Authorized<OperationOf<'list'>>;
  readonly from: ReadFrom;
}

function ledgerIn(ask: CompanyAsk, query: ListQuery): LedgerAsked {
  const { company, caller } = ask;
  const actor = actorOf(caller, ask.member, ask.locale);
  const found = authorizeLedger(ask.parameters['ledger'] ?? '', query, actor, caller.abilities, company);
  const context = recordContext(company, actor);
  return { ...found, from: readingFrom(context, context.database) };
}

async function entries(ask: CompanyAsk): Promise<Answer> {
  const { query, faults } = readListQuery(ask.queryText);
  const { ledger, authorized, from } = ledgerIn(ask, query);
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  const { entries: data, total, totalCapped } = await listEntries(from, ledger, authorized);
  const { number, size } = query.page;
  const hasNext = number * size < total || (totalCapped && data.length === size);
  return {
    status: 200,
    body: {
      data,
      meta: {
        page: { number, size, total, ...(totalCapped ? { total_capped: true } : {}) },
        ...membersOf(ledger, ask.locale),
      },
      links: pageLinks(ask.path, ask.queryText, number, hasNext),
    },
  };
}

/** `?at=2026-01-31&by=account,party`, and values that dimensions must have: `&party=…`. */
async function balances(ask: CompanyAsk): Promise<Answer> {
  const { ledger, authorized, from } = ledgerIn(ask, EVERYTHING);
  const { faults, report } = faultCollector();
  const tree = readQueryTree(ask.queryText, report);
  const names = ledger.dimensions.map(({ name }) => name).filter((name) => !OWN_PARAMETERS.includes(name));
  refuseUnknown(tree, [...OWN_PARAMETERS, ...names], report);
  const at = single(tree, 'at', report) ?? null;
  const by = single(tree, 'by', report) ?? '';
  const zeros = flag(tree, 'zeros', report);
  const only = Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const text = single(tree, name, report);
      return text === undefined ? [] : [[name, text]];
    }),
  );
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  const asked = {
    at,
    by: by === '' ? ledger.dimensions.map(({ name }) => name) : [...new Set(by.split(','))],
    only,
    zeros,
  };
  const { balances: data, truncated } = await listBalances(from, ledger, authorized, asked);
  return { status: 200, body: { data, meta: { at, truncated, ...membersOf(ledger, ask.locale) } } };
}

const OWN_PARAMETERS: readonly string[] = ['at', 'by', 'zeros'];

/** What the members of an entry are called. */
function membersOf(
  { dimensions, measures }: Ledger,
  locale: Locale,
): Readonly<Record<'dimensions' | 'measures', readonly object[]>> {
  const described = ({ name, label, type }: Field): object => ({ name, label: textIn(label, locale), format: type });
  return { dimensions: dimensions.map(described), measures: measures.map(described) };
}
