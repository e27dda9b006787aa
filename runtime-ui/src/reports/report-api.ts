import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';
import { currentLocale } from '../i18n/i18n.ts';

/** A report that the person may run. */
export interface ReportName {
  /** `module.name` */
  readonly name: string;
  readonly label: string;
  readonly module: string;
  readonly description: string | null;
  readonly icon?: string | null;
}

export type ParameterValue = string | number | boolean | null;

export interface ReportParameter {
  readonly name: string;
  readonly label: string;
  readonly type: 'date' | 'text' | 'integer' | 'decimal' | 'boolean' | 'enumeration' | 'link';
  readonly required?: boolean;
  /** What holds when nothing is chosen. */
  readonly default?: ParameterValue;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** Entity of a link. */
  readonly to?: string | null;
}

export interface ReportLayout {
  readonly type: 'table' | 'pivot' | 'chart' | 'statement';
  readonly chart?: 'bar' | 'line' | 'doughnut' | null;
  /** Dimensions along the top of a pivot. */
  readonly across?: readonly string[];
  readonly tree?: string | null;
  readonly totals?: boolean;
}

/** What the screen must know before a report is run. */
export interface ReportDefinition extends ReportName {
  readonly parameters: readonly ReportParameter[];
  readonly dimensions?: readonly { readonly name: string }[];
  readonly measures?: readonly { readonly name: string }[];
  readonly layout?: ReportLayout | null;
  /** What it can be compared with: earlier periods, or the same ones of earlier years. */
  readonly comparisons?: readonly ('previous' | 'year')[];
  /** Formats besides CSV, XLSX and PDF that it can be handed out in. */
  readonly formats?: readonly string[];
  readonly source?: { readonly ledger?: string | null; readonly entity?: string | null } | null;
}

export interface ReportColumn {
  readonly name: string;
  readonly label: string;
  readonly format: string;
  readonly align?: 'left' | 'right';
  readonly kind: 'dimension' | 'measure';
  /** Of dates: each stands for the month that begins with it. */
  readonly unit?: 'month';
  /** Each figure is the sum of those before it: the order of the rows is part of it. */
  readonly running?: boolean;
  /** Of a column along the top of a pivot: the measure, and the values of the dimensions it stands for. */
  readonly measure?: string;
  readonly across?: Readonly<Record<string, unknown>>;
  /** Worked out of other columns: no entries stand behind its figures. */
  readonly derived?: boolean;
  /** Dates of the entries behind the column, where they are not those of the line. */
  readonly dates?: Readonly<Record<string, string>>;
}

/** Money and numbers are decimal texts. */
export type ReportCell = string | number | boolean | null | { readonly entity: string; readonly id: string };

export interface ReportRow {
  readonly level: number;
  readonly kind: 'row' | 'subtotal';
  readonly cells: Readonly<Record<string, ReportCell>>;
  /** How dimensions are called whose cells hold ids. */
  readonly titles?: Readonly<Record<string, string>>;
  /** What narrows a list of entries or records to those behind the figures. */
  readonly drill?: unknown;
  /** The same for single figures, by column, where a line was put together from several rows. */
  readonly drills?: Readonly<Record<string, unknown>>;
  readonly document?: { readonly entity: string; readonly id: string; readonly title: string } | null;
  /** What was there before the first day of a running balance. */
  readonly opening?: boolean;
}

export interface ReportAnswer {
  readonly report: string;
  readonly label: string;
  /** The values that were used, defaults included. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly ReportRow[];
  readonly totals: Readonly<Record<string, ReportCell>> | null;
  /** There are more rows than a screen shows. */
  readonly truncated: boolean;
  /** Whether what may not be seen was left out. */
  readonly narrowed: boolean;
  readonly layout?: Partial<ReportLayout> | null;
  readonly chart?: {
    readonly type: string;
    readonly labels: readonly string[];
    readonly series: readonly {
      readonly name: string;
      readonly label: string;
      readonly values: readonly (string | number | null)[];
    }[];
  } | null;
  /** How linked records and choices among the parameters are called. */
  readonly parameter_titles?: Readonly<Record<string, string>>;
}

/** Parameters as an address holds them. */
export type ReportQuery = Readonly<Record<string, string>>;

const LIST_FRESH_MS = 300_000;

/** The reports open to the person, in the present language. */
export function useReports(isWanted: () => boolean = () => true) {
  return useQuery(
    computed(() => ({
      queryKey: ['metadata', 'reports', currentLocale()] as const,
      queryFn: async () => (await api.get<Answer<readonly ReportName[]>>('/reports')).data,
      staleTime: LIST_FRESH_MS,
      enabled: isWanted(),
    })),
  );
}

export function useReportDefinition(name: () => string) {
  return useQuery(
    computed(() => ({
      queryKey: ['metadata', 'report', name(), currentLocale()] as const,
      queryFn: async () => (await api.get<Answer<ReportDefinition>>(`/reports/${name()}/definition`)).data,
      staleTime: LIST_FRESH_MS,
    })),
  );
}

/** The figures. While others are worked out, the last ones stay. */
export function useReport(name: () => string, query: () => ReportQuery | null) {
  return useQuery(
    computed(() => {
      const parameters = query();
      return {
        queryKey: ['reports', 'run', name(), parameters, currentLocale()] as const,
        queryFn: async ({ signal }: { readonly signal: AbortSignal }) =>
          (await api.get<Answer<ReportAnswer>>(`/reports/${name()}`, { query: parameters ?? {}, signal })).data,
        enabled: parameters !== null,
        placeholderData: keepPreviousData<ReportAnswer>,
        staleTime: 0,
      };
    }),
  );
}

/** Where a report is handed out as a file. The browser fetches it, so the language stands in the address. */
export function exportAddress(name: string, query: ReportQuery, format: string): string {
  const parameters = new URLSearchParams({ ...query, format, locale: currentLocale() });
  return `/api/v1/reports/${name}?${parameters.toString()}`;
}
