import { isObject } from '../../../engine/src/compiler/parse.ts';

type Translate = (key: string, values: Record<string, string>) => string;

/** What an entry of a posting does, as a sentence; null for anything that is not such an entry or moves nothing yet. */
export function postingSentence(item: unknown, translate: Translate): string | null {
  if (!isObject(item) || typeof item['ledger'] !== 'string' || !isObject(item['at'])) return null;
  const moves = (['debit', 'credit', 'in', 'out', 'adjust'] as const).flatMap((side) => {
    const amount = amountOf(item[side], side === 'out' ? '−' : side === 'in' ? '+' : '=');
    return amount === '' ? [] : [translate(`postingSentence.${side}`, { amount })];
  });
  if (moves.length === 0) return null;
  const conditions = [
    ...(typeof item['when'] === 'string' ? [translate('postingSentence.when', { condition: item['when'] })] : []),
    ...(typeof item['each'] === 'string' ? [translate('postingSentence.each', { rows: item['each'] })] : []),
  ];
  const what = translate('postingSentence.moves', { moves: moves.join(', '), ledger: item['ledger'] });
  return conditions.length === 0 ? what : `${conditions.join(', ')}: ${what}`;
}

/** `quantity − stock_quantity`: what is added to a measure, taken off it, or what it is set to. */
function amountOf(value: unknown, sign: string): string {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return '';
  return Object.entries(value)
    .map(([measure, amount]) => `${measure} ${sign} ${String(amount)}`)
    .join(', ');
}
