/** A schedule as sets of numbers: minutes, hours, days of the month, months and days of the week (0 is Sunday). */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Days of the month and of the week are both named: then either of them will do, as cron has it. */
  readonly eitherDay: boolean;
}

const RANGES = [
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of the month', 1, 31],
  ['month', 1, 12],
  // 7 is Sunday too.
  ['day of the week', 0, 7],
] as const;

/** Months never have more days; by number from 1, leap years counted. */
const DAYS_MAX = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What is wrong with a schedule; null when it can be kept. */
export function faultOfCron(text: string): string | null {
  const parts = text.split(' ');
  if (parts.length !== RANGES.length) return 'A schedule has five parts: minute, hour, day, month and day of the week';
  for (const [index, [name, least, most]] of RANGES.entries()) {
    if (valuesOf(parts[index] ?? '', least, most) === null) {
      return `The ${name} must be numbers from ${least} to ${most}, such as *, 5, 1-5, 1,15 or */10`;
    }
  }
  const { days, months, eitherDay } = parseCron(text);
  const comes = [...months].some((month) => [...days].some((day) => day <= (DAYS_MAX[month - 1] ?? 0)));
  return comes || eitherDay ? null : 'No month has such a day';
}

/** The schedule of a text that `faultOfCron` finds nothing wrong with. */
export function parseCron(text: string): Cron {
  const parts = text.split(' ');
  const [minutes, hours, days, months, weekdays] = RANGES.map(
    ([, least, most], index) => valuesOf(parts[index] ?? '', least, most) ?? new Set<number>(),
  ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  if (weekdays.has(7)) weekdays.add(0);
  return { minutes, hours, days, months, weekdays, eitherDay: parts[2] !== '*' && parts[4] !== '*' };
}

function valuesOf(text: string, least: number, most: number): Set<number> | null {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const [, range = '', from = '', to, step = '1'] =
      /^(\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(item) ?? [];
    if (range === '') return null;
    const [first, last] = range === '*' ? [least, most] : [Number(from), to === undefined ? Number(from) : Number(to)];
    // `5/10` means from 5 on, as `5-59/10` does.
    const end = range !== '*' && to === undefined && item.includes('/') ? most : last;
    if (first < least || end > most || first > end || Number(step) === 0) return null;
    for (let value = first; value <= end; value += Number(step)) values.add(value);
  }
  return values;
}

/**
 * The latest moment of a schedule at or before a moment, as the company's wall clock shows it: `YYYY-MM-DD HH:MM`.
 * Null when there was none within a year and a half.
 */
export function latestDue(cron: Cron, wallClock: string): string | null {
  const hours = [...cron.hours].sort((one, other) => other - one);
  const minutes = [...cron.minutes].sort((one, other) => other - one);
  const [today = '', now = ''] = wallClock.split(' ');
  const day = new Date(`${today}T00:00:00Z`);
  for (let back = 0; back < DAYS_BACK_MAX; back += 1, day.setUTCDate(day.getUTCDate() - 1)) {
    if (!isDue(cron, day)) continue;
    for (const hour of hours) {
      for (const minute of minutes) {
        const time = `${twoDigits(hour)}:${twoDigits(minute)}`;
        if (back > 0 || time <= now) return `${day.toISOString().slice(0, 10)} ${time}`;
      }
    }
  }
  return null;
}

const DAYS_BACK_MAX = 550;

function isDue({ days, months, weekdays, eitherDay }: Cron, day: Date): boolean {
  if (!months.has(day.getUTCMonth() + 1)) return false;
  const byDay = days.has(day.getUTCDate());
  const byWeekday = weekdays.has(day.getUTCDay());
  return eitherDay ? byDay || byWeekday : byDay && byWeekday;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
