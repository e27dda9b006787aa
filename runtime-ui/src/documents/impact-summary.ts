import { withoutRepeats } from './amounts.ts';
import type { Impact, ImpactLedger } from './document-api.ts';

/** One line of the short preview: what moves in one ledger. */
export interface ImpactLine {
  readonly ledger: string;
  readonly label: string;
  readonly entries: number;
  readonly figures: readonly { readonly label: string; readonly value: string; readonly format: string }[];
}

/** The measures of which the entries say something that another measure does not. */
export function tellingMeasures({ measures, entries }: ImpactLedger): ImpactLedger['measures'] {
  return withoutRepeats(measures, entries, ({ amounts }, name) => amounts[name]);
}

/** What a posting moves in each ledger, in one line each. */
export function summarize(impact: Impact): readonly ImpactLine[] {
  return impact.vouchers
    .flatMap(({ ledgers }) => ledgers)
    .map((moved) => ({ ...moved, measures: tellingMeasures(moved) }))
    .map(({ ledger, label, entries, measures, totals }) => ({
      ledger,
      label,
      entries: entries.length,
      figures: measures.flatMap(({ name, label: measure, format }) => {
        const value = totals[name];
        return value === undefined ? [] : [{ label: measure, value, format }];
      }),
    }));
}
