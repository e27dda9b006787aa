/** A span of days, both ends included: `YYYY-MM-DD`. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export const PERIODS = [
  'today',
  'thisMonth',
  'lastMonth',
  'thisQuarter',
  'lastQuarter',
  'thisYear',
  'lastYear',
] as const;
export type PeriodName = (typeof PERIODS)[number];

const MONTHS = 12;
const QUARTER = 3;

function day(year: number, month: number, date: number): string {
  return new Date(Date.UTC(year, month, date)).toISOString().slice(0, 10);
}

/** The whole months from the one counted from January of the year; months beyond it carry over. */
function months(year: number, first: number, count: number): Period {
  // Day 0 of a month is the last one of the month before.
  return { from: day(year, first, 1), to: day(year, first + count, 0) };
}

/** The days a name stands for, seen from a day. */
export function periodOf(name: PeriodName, today: string): Period {
  const year = Number(today.slice(0, 4));
  const month = Number(today.slice(5, 7)) - 1;
  const quarter = month - (month % QUARTER);
  switch (name) {
    case 'today':
      return { from: today, to: today };
    case 'thisMonth':
      return months(year, month, 1);
    case 'lastMonth':
      return months(year, month - 1, 1);
    case 'thisQuarter':
      return months(year, quarter, QUARTER);
    case 'lastQuarter':
      return months(year, quarter - QUARTER, QUARTER);
    case 'thisYear':
      return months(year, 0, MONTHS);
    case 'lastYear':
      return months(year - 1, 0, MONTHS);
  }
}

/** The name of a span of days, if it has one. */
export function nameOfPeriod(period: Period, today: string): PeriodName | null {
  const found = PERIODS.find((name) => {
    const { from, to } = periodOf(name, today);
    return from === period.from && to === period.to;
  });
  return found ?? null;
}

/** Today where the person is. */
export function localToday(now = new Date()): string {
  const pad = (part: number): string => String(part).padStart(2, '0');
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}
