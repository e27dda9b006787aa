/** Instants as the databases hold them: `YYYY-MM-DD HH:MM:SS.mmm` in UTC (see storage/dialect.ts). */

/** Milliseconds since 1970 → the text of a column. */
export function storedInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 23).replace('T', ' ');
}

/** The text of a column → milliseconds since 1970. */
export function millisecondsOf(stored: string): number {
  return Date.parse(`${stored.replace(' ', 'T')}Z`);
}

/** The text of a column → RFC 3339 in UTC with milliseconds, as JSON shows it. */
export function instantOf(stored: string): string {
  return new Date(millisecondsOf(stored)).toISOString();
}

interface Calendar {
  readonly format: Intl.DateTimeFormat;
  minute: number;
  date: string;
}

/** One for each time zone in use. */
const calendars = new Map<string, Calendar>();

const MINUTE_MS = 60_000;

/** The date that the wall calendar shows in a time zone (IANA name), `YYYY-MM-DD`. Throws RangeError for no zone. */
export function dateIn(timezone: string, milliseconds: number): string {
  let calendar = calendars.get(timezone);
  if (calendar === undefined) {
    // The Swedish calendar is written YYYY-MM-DD.
    calendar = { format: new Intl.DateTimeFormat('sv-SE', { timeZone: timezone }), minute: -1, date: '' };
    calendars.set(timezone, calendar);
  }
  // Every day begins with a whole minute, and formatting costs more than looking up a record.
  const minute = Math.floor(milliseconds / MINUTE_MS);
  if (minute !== calendar.minute) {
    calendar.minute = minute;
    calendar.date = calendar.format.format(milliseconds);
  }
  return calendar.date;
}
