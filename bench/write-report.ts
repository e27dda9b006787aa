import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';
/**
 * Puts text between the marks of each page, laid out as the formatter wants it.
 *
 * @param pages Markdown by the page's path in the repository; a page without marks stays as it is, and that is said
 */
export async function writeReport(pages: Readonly<Record<string, string>>): Promise<void> {
  for (const [page, report] of Object.entries(pages)) {
    const path = fileURLToPath(new URL(`../${page}`, import.meta.url));
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch {
      console.error(`${page} is not there.`);
      continue;
    }
    const start = text.indexOf(START);
    const end = text.indexOf(END);
    if (start < 0 || end < start) {
      console.error(`${page} has no ${START} … ${END}.`);
      continue;
    }
    const changed = `${text.slice(0, start)}${START}\n\n${report}\n\n${text.slice(end)}`;
    await writeFile(path, await format(changed, { ...(await resolveConfig(path)), filepath: path }));
  }
}
