import { Decimal } from '../../../engine/src/base/decimal.ts';
import type { ScreenEntity, ScreenField } from '../../../engine/src/compiler/screen.ts';
import type { DraftRow } from '../../../engine/src/records/compute.ts';
import { evaluatorOf } from '../../../engine/src/records/compute.ts';
import { amountOf, listBalances, placeOf } from './ledger-api.ts';
import type { LedgerRow } from './ledger-api.ts';

type Lines = ScreenEntity['lines'][string];
type OpenIn = NonNullable<ScreenField['openIn']>;

/** A document that is not settled. */
export interface OpenItem {
  readonly entity: string;
  readonly id: string;
  readonly title: string;
  readonly due: string | null;
  /** Decimal text; what is still open. */
  readonly open: string;
}

/** How rows settle what is open elsewhere: the field that names it, and how much of it they take. */
export interface Settling {
  readonly document: ScreenField;
  readonly amount: ScreenField;
  readonly openIn: OpenIn;
  /** Shows what is open of the document; null where rows have no such field. */
  readonly open: ScreenField | null;
  readonly due: ScreenField | null;
}

/** How the rows of these lines settle what is open; null when they do not, or match it with a date of their own. */
export function settlingOf(lines: Lines | undefined): Settling | null {
  if (lines === undefined || lines.derived) return null;
  const { fields } = lines;
  const document = fields.find(({ openIn }) => openIn !== undefined);
  const amount = fields.find(({ type, computed }) => type === 'money' && !computed);
  const dates = fields.filter(({ type }) => type === 'date');
  if (document?.openIn === undefined || amount === undefined || dates.some(({ required }) => required === true))
    return null;
  const open = fields.find(({ type, computed, visible }) => type === 'money' && computed && visible === true) ?? null;
  return { document, amount, openIn: document.openIn, open, due: dates[0] ?? null };
}

/**
 * The values that dimensions must have, as the API takes them; null while the record has not got them all.
 *
 * @param record the record that owns the rows
 */
export function placesAt({ at }: OpenIn, record: DraftRow): Readonly<Record<string, string>> | null {
  const places: Record<string, string> = {};
  for (const [dimension, field] of Object.entries(at)) {
    const value = record[field];
    if (typeof value !== 'string' || value === '') return null;
    places[dimension] = value;
  }
  return places;
}

/** What is open at some values of dimensions, what is due first before the rest. Throws ApiProblem. */
export async function fetchOpenItems(
  openIn: OpenIn,
  at: Readonly<Record<string, string>>,
): Promise<readonly OpenItem[]> {
  const valueOf = evaluatorOf(openIn.value);
  const now = new Date().toISOString();
  const by = openIn.due === null ? openIn.dimension : `${openIn.dimension},${openIn.due}`;
  const items = (await listBalances(openIn.ledger, { by, ...at })).flatMap((row): readonly OpenItem[] => {
    const place = placeOf(row, openIn.dimension);
    const open = valueOf({
      self: measuresOf(row),
      linked: () => null,
      globals: { user: {}, company: {}, settings: {} },
      today: now.slice(0, 10),
      now,
    });
    if (typeof place !== 'object' || place === null || place.entity === undefined) return [];
    if (!(open instanceof Decimal) || open.isZero()) return [];
    const due = openIn.due === null ? null : placeOf(row, openIn.due);
    const { entity, id, title } = place;
    return [{ entity, id, title, due: typeof due === 'string' ? due : null, open: open.toString() }];
  });
  return items.sort((a, b) => (a.due ?? '').localeCompare(b.due ?? '') || Number(a.id) - Number(b.id));
}

/** The figures of a balance by the names of its measures. */
function measuresOf(row: LedgerRow): Readonly<Record<string, Decimal | null>> {
  return Object.fromEntries(
    Object.keys(row).flatMap((name) => {
      const value = amountOf(row, name);
      const figure = value === null ? null : Decimal.parse(value);
      return figure === null ? [] : [[name, figure]];
    }),
  );
}

/**
 * Spreads an amount over open items in their order; each gets at most what is open. Items the other way round, such as
 * credits, are taken whole and make more of the amount available.
 *
 * @param total null takes every item whole
 * @returns amounts by position, and what is left over (null without a total)
 */
export function spread(
  total: Decimal | null,
  items: readonly OpenItem[],
): { readonly amounts: readonly Decimal[]; readonly left: Decimal | null } {
  const opens = items.map(({ open }) => Decimal.parse(open) ?? Decimal.zero);
  if (total === null) return { amounts: opens, left: null };
  let left = opens.filter((open) => open.sign() < 0).reduce((sum, open) => sum.subtract(open), total);
  const amounts = opens.map((open) => {
    if (open.sign() < 0) return open;
    const taken = open.compare(left) > 0 ? left : open;
    left = left.subtract(taken);
    return taken;
  });
  return { amounts, left };
}
