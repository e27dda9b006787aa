import type { LocationQuery } from 'vue-router';
import type { ParameterValue, ReportParameter, ReportQuery } from './report-api.ts';

/** Names of the address that belong to the screen, not to the report. No parameter can begin with `_`. */
const SORT = '_sort';
const VIEW = '_view';

/** What other periods stand beside; the server knows these names beside those of the parameters. */
const COMPARING = ['compare', 'periods'];

/** A report as somebody has arranged it; the address of the page holds all of it. */
export interface ReportState {
  readonly query: ReportQuery;
  /** Column, with `-` in front for the largest first; empty for the order of the report. */
  readonly sort: string;
  readonly view: 'table' | 'chart' | null;
}

export function readReportState(location: LocationQuery, parameters: readonly ReportParameter[]): ReportState {
  const text = (name: string): string | null => {
    const value = location[name];
    return typeof value === 'string' ? value : null;
  };
  const query: Record<string, string> = {};
  for (const name of [...parameters.map((each) => each.name), ...COMPARING]) {
    const value = text(name);
    if (value !== null) query[name] = value;
  }
  const view = text(VIEW);
  return { query, sort: text(SORT) ?? '', view: view === 'table' || view === 'chart' ? view : null };
}

export function writeReportState({ query, sort, view }: ReportState): Record<string, string> {
  return { ...query, ...(sort === '' ? {} : { [SORT]: sort }), ...(view === null ? {} : { [VIEW]: view }) };
}

/** A value as an address holds it; null for one that is not chosen. */
export function parameterText(value: ParameterValue | undefined): string | null {
  return value === null || value === undefined || value === '' ? null : String(value);
}

/** The two dates of a report that make a period, if it has them. */
export function periodParameters(
  parameters: readonly ReportParameter[],
): { readonly from: string; readonly to: string } | null {
  const dates = parameters.filter(({ type }) => type === 'date').map(({ name }) => name);
  return dates.includes('from') && dates.includes('to') ? { from: 'from', to: 'to' } : null;
}
