import type { ReportAnswer, ReportCell, ReportColumn, ReportRow } from './report-api.ts';
import { dimensionText, plainText } from './report-cells.ts';

/** One line, row of bars or ring of a chart. */
export interface ChartSeries {
  readonly label: string;
  readonly format: string;
  /** Decimal texts by the position of the label. */
  readonly values: readonly (string | null)[];
}

export interface ChartData {
  readonly labels: readonly string[];
  readonly series: readonly ChartSeries[];
}

const LABELS_MAX = 60;
const SERIES_MAX = 6;

/**
 * The figures of a report as a chart: the first dimension along the bottom; a series for each value of the second one
 * when there is a single measure, else one for each measure of the same kind. Null when there is nothing to draw.
 */
export function chartOf(columns: readonly ReportColumn[], rows: readonly ReportRow[]): ChartData | null {
  const [along, by] = columns.filter(({ kind }) => kind === 'dimension');
  const figures = columns.filter(({ kind }) => kind === 'measure');
  const turned = figures.filter(({ across }) => across !== undefined);
  // Beside the columns of a pivot, their sums would dwarf them.
  const measures = turned.length > 0 ? turned.filter(({ measure }) => measure === turned[0]?.measure) : figures;
  const [first] = measures;
  const details = rows.filter(({ kind }) => kind === 'row');
  if (along === undefined || first === undefined || details.length === 0) return null;

  const labels = [...new Set(details.map((row) => dimensionText(row, along) || '–'))].slice(0, LABELS_MAX);
  const valuesOf = (chosen: readonly ReportRow[], measure: ReportColumn): readonly (string | null)[] =>
    labels.map((label) => {
      const row = chosen.find((each) => (dimensionText(each, along) || '–') === label);
      const cell = row?.cells[measure.name];
      return valueOf(cell);
    });
  const groups = by === undefined ? [] : [...new Set(details.map((row) => dimensionText(row, by) || '–'))];
  const isByGroup = by !== undefined && groups.length > 1 && details.length > labels.length;
  const series = isByGroup
    ? groups.map((group) => ({
        label: group,
        format: first.format,
        values: valuesOf(
          details.filter((row) => (dimensionText(row, by) || '–') === group),
          first,
        ),
      }))
    : measures
        .filter(({ format }) => format === first.format)
        .map((measure) => ({ label: measure.label, format: measure.format, values: valuesOf(details, measure) }));
  return { labels, series: series.slice(0, SERIES_MAX) };
}

function valueOf(cell: ReportCell | undefined): string | null {
  return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : null;
}

/** The chart as the server worked it out. */
export function chartOfAnswer({ chart, columns }: ReportAnswer): ChartData | null {
  if (chart === null || chart === undefined || chart.labels.length === 0) return null;
  const formats = new Map(columns.map(({ name, format }) => [name, format]));
  const fallback = columns.find(({ kind }) => kind === 'measure')?.format ?? 'decimal';
  const series = chart.series.slice(0, SERIES_MAX).map(({ name, label, values }) => ({
    label,
    format: formats.get(name) ?? fallback,
    values: values.map((value) => (value === null ? null : String(value))),
  }));
  const [first] = series;
  const along = columns.find(({ kind }) => kind === 'dimension');
  const labels = chart.labels.map((label) => plainText(label, along?.format ?? 'text', along?.unit));
  return { labels, series: series.filter(({ format }) => format === first?.format) };
}
