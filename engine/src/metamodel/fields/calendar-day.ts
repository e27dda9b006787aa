/** Years that both databases order and compare as dates; MySQL promises nothing before the year 1000. */
const FIRST_DAY = '1000-01-01';
const FORM = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a text is a day that exists, as `YYYY-MM-DD`, from the year 1000 to 9999. */
export function isCalendarDay(text: string): boolean {
  if (!FORM.test(text) || text < FIRST_DAY) return false;
  const instant = new Date(`${text}T00:00:00Z`);
  // The 30th of February is read as a day of March.
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
}
