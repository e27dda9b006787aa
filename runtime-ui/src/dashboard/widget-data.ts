import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { ScreenWidget } from '../../../engine/src/compiler/screen.ts';
import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';
import { queryKeys } from '../api/query-keys.ts';
import { formatCompact, formatDate, formatDecimal, formatMoney, formatMonth } from '../i18n/format.ts';
import { currentLocale } from '../i18n/i18n.ts';

/** One bar, point or slice; the value is a decimal text. */
export interface WidgetPoint {
  readonly label: string;
  readonly value: string | null;
}

/** What the server worked out: one value, one for each group, or the first records. */
export interface WidgetData {
  readonly value?: string | null;
  readonly series?: readonly WidgetPoint[];
  readonly records?: readonly { readonly id: string; readonly _title?: string }[];
}

/** Dashboards may be a minute old: each widget is a request. */
const FRESH_MS = 60_000;

export function useWidgetData(widget: () => ScreenWidget) {
  return useQuery(
    computed(() => ({
      queryKey: queryKeys.widget(widget().name, currentLocale()),
      queryFn: async () => (await api.get<Answer<WidgetData>>(`/widgets/${encodeURIComponent(widget().name)}`)).data,
      staleTime: FRESH_MS,
    })),
  );
}

type Format = ScreenWidget['format'];

/** A value in full, as tables show it. */
export function formatValue(value: string | null, format: Format, currency: string): string {
  if (value === null) return '–';
  return format.type === 'money' ? formatMoney(value, currency) : formatDecimal(value);
}

/** A value short enough for axes and cards. */
export function formatShort(value: string, format: Format, currency: string): string {
  return formatCompact(value, format.type === 'money' ? currency : null);
}

/** Groups by day or month come as dates. */
export function formatLabel(label: string): string {
  if (/^\d{4}-\d{2}$/.test(label)) return formatMonth(label);
  return /^\d{4}-\d{2}-\d{2}$/.test(label) ? formatDate(label) : label;
}
