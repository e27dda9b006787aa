import { Decimal } from '../../../engine/src/base/decimal.ts';
import type { WidgetPoint } from './widget-data.ts';

/**
 * At most so many slices of a round chart, each in a colour of its own: what is left over becomes one slice, whose
 * value is the exact sum.
 */
export function slicesOf(
  points: readonly WidgetPoint[],
  countMax: number,
  othersLabel: string,
): readonly WidgetPoint[] {
  if (points.length <= countMax) return points;
  const shown = points.slice(0, countMax - 1);
  const others = points
    .slice(countMax - 1)
    .reduce((sum, { value }) => sum.add(Decimal.parse(value ?? '0') ?? Decimal.zero), Decimal.zero);
  return [...shown, { label: othersLabel, value: others.toString() }];
}
