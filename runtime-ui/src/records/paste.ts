import type { ScreenField } from '../../../engine/src/compiler/screen.ts';
import type { Value } from '../../../engine/src/metamodel/value-type.ts';
import { readText } from './field-values.ts';
import { fetchEntity, listRecords } from './record-api.ts';
import type { RecordDraft } from './record-draft.ts';

const CODES_MAX = 100;

/**
 * The cells of what a spreadsheet puts on the clipboard: tab-separated, rows by line; a cell with breaks or tabs in it
 * stands in double quotes.
 */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (isQuoted) {
      if (character === '"' && text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (character === '"') isQuoted = false;
      else cell += character;
    } else if (character === '"' && cell === '') isQuoted = true;
    else if (character === '\t') {
      rows.at(-1)?.push(cell);
      cell = '';
    } else if (character === '\n') {
      rows.at(-1)?.push(cell.replace(/\r$/, ''));
      rows.push([]);
      cell = '';
    } else cell += character;
  }
  rows.at(-1)?.push(cell.replace(/\r$/, ''));
  // A spreadsheet ends the last row with a line break.
  if (rows.at(-1)?.length === 1 && rows.at(-1)?.[0] === '') rows.pop();
  return rows;
}

/** A first row that names the columns says where each cell goes. */
function columnsOf(
  header: readonly string[],
  fields: readonly ScreenField[],
): readonly (ScreenField | undefined)[] | null {
  const named = header.map((cell) => {
    const lower = cell.trim().toLowerCase();
    return fields.find((field) => field.label.toLowerCase() === lower || field.name === lower);
  });
  return named.length > 0 && named.every((field) => field !== undefined) ? named : null;
}

/**
 * Fills rows from the clipboard, from a row and column on, adding rows as needed. Links are found by the code of the
 * record, else by its title. What cannot be read is said at its cell; the rest is taken.
 *
 * @param fields the columns that can be filled, in the order of the grid
 * @returns how many rows were filled
 */
export async function pasteRows(
  form: RecordDraft,
  lines: string,
  fields: readonly ScreenField[],
  start: { readonly row: number; readonly column: number },
  text: string,
): Promise<number> {
  const cells = cellsOf(text);
  const header = cells[0] === undefined ? null : columnsOf(cells[0], fields);
  const columns = header ?? fields.slice(start.column);
  const body = header === null ? cells : cells.slice(1);
  const links = await Promise.all(
    columns.map((field, at) =>
      field?.type === 'link'
        ? idsByCode(
            form,
            field,
            body.map((row) => row[at]?.trim() ?? ''),
          )
        : Promise.resolve(null),
    ),
  );

  const faults: { readonly pointer: string; readonly message: string }[] = [];
  for (const [at, row] of body.entries()) {
    const index = start.row + at;
    while (form.rows(lines).length <= index) await form.addRow(lines);
    const target = form.rows(lines)[index];
    if (target === undefined) continue;
    const values: Record<string, Value> = {};
    for (const [column, field] of columns.entries()) {
      const cell = row[column];
      if (field === undefined || cell === undefined) continue;
      const found = links[column];
      const read =
        found === null || found === undefined
          ? readText(field, cell)
          : cell.trim() === ''
            ? { value: null }
            : found.has(cell.trim().toLowerCase())
              ? { value: found.get(cell.trim().toLowerCase()) as string }
              : { message: form.messages.unknownCode(cell.trim()) };
      if ('value' in read) values[field.name] = read.value;
      else faults.push({ pointer: `/${lines}/${index}/${field.name}`, message: read.message });
    }
    await form.setMany(target, values, lines);
  }
  for (const { pointer, message } of faults) form.setFault(pointer, message);
  return body.length;
}

/** The ids of records by the codes that were pasted, in lower case; those not found are left out. */
async function idsByCode(
  form: RecordDraft,
  field: ScreenField,
  codes: readonly string[],
): Promise<Map<string, string>> {
  const target = field.to ?? '';
  const model = await fetchEntity(target);
  const key = model.key[0];
  const wanted = [...new Set(codes.filter((code) => code !== ''))];
  const found = new Map<string, string>();
  if (key === undefined) return found;
  for (let start = 0; start < wanted.length; start += CODES_MAX) {
    const portion = wanted.slice(start, start + CODES_MAX);
    const { data } = await listRecords(target, {
      [`filter[${key}][in]`]: portion.join(','),
      fields: ['id', key, ...field.linkFields].join(','),
      'page[size]': portion.length,
      titles: true,
    });
    for (const record of data) {
      await form.store.learn(target, record);
      const code = record[key];
      if (typeof code === 'string') found.set(code.toLowerCase(), record.id);
    }
  }
  for (const code of wanted) {
    if (found.has(code.toLowerCase())) continue;
    const { data } = await listRecords(target, {
      search: code,
      fields: ['id', ...field.linkFields].join(','),
      'page[size]': 2,
      titles: true,
    });
    const [only, another] = data;
    if (only === undefined || another !== undefined) continue;
    await form.store.learn(target, only);
    found.set(code.toLowerCase(), only.id);
  }
  return found;
}
