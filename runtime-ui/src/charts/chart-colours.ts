const SERIES = ['--chart-1', '--chart-2', '--chart-3', '--chart-4', '--chart-5', '--chart-6'] as const;

/** Colours that tell series and slices apart; what has more goes round. */
export const SERIES_COLOURS = SERIES.length;

/** The design tokens that charts use, as the page shows them now. */
export function chartColours(): {
  readonly first: string;
  readonly series: readonly string[];
  readonly text: string;
  readonly line: string;
  readonly surface: string;
} {
  const styles = getComputedStyle(document.documentElement);
  const token = (name: string): string => styles.getPropertyValue(name).trim();
  return {
    first: token(SERIES[0]),
    series: SERIES.map(token),
    text: token('--muted'),
    line: token('--line'),
    surface: token('--surface'),
  };
}
