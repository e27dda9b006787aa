import type { Account } from './account.ts';
import type { ForeignFile } from './read-foreign.ts';

type Facts = Readonly<Record<string, unknown>>;

/** A field of a DocType. */
export interface DocField {
  readonly facts: Facts;
  readonly source: string;
  readonly pointer: string;
  readonly fieldname: string;
  readonly fieldtype: string;
  readonly label: string;
  readonly options: string;
}

/** A record type of Frappe, as its file says it. */
export interface DocType {
  readonly name: string;
  /** Folder of the app that it belongs to; '' where files lie by themselves. */
  readonly app: string;
  readonly facts: Facts;
  readonly source: string;
  /** Where it stands in its file: '' or `/3` in a list of fixtures. */
  readonly pointer: string;
  readonly fields: readonly DocField[];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Frappe writes yes as 1, and here and there as "1" or true. */
export function isYes(value: unknown): boolean {
  return value === 1 || value === true || value === '1';
}

export function listOf(value: unknown): readonly Facts[] {
  return Array.isArray(value) ? (value as readonly unknown[]).filter(isObject) : [];
}

function isObject(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The DocTypes among files, with the fields that customisations add; anything else is told in the account. */
export function docTypesIn(files: readonly ForeignFile[], account: Account): readonly DocType[] {
  const found = new Map<string, DocType>();
  const custom: { readonly facts: Facts; readonly source: string; readonly pointer: string }[] = [];
  for (const { path, value } of files) {
    const isList = Array.isArray(value);
    const parts: readonly unknown[] = isList ? (value as readonly unknown[]) : [value];
    for (const [index, part] of parts.entries()) {
      const pointer = isList ? `/${index}` : '';
      if (!isObject(part)) account.note(path, pointer, 'left-out', 'It is no record of Frappe');
      else if (part['doctype'] === 'DocType') addDocType(found, part, path, pointer, account);
      else if (part['doctype'] === 'Custom Field') custom.push({ facts: part, source: path, pointer });
      else if (Array.isArray(part['custom_fields'])) addCustomisation(custom, part, path, account);
      else account.note(path, pointer, 'left-out', `It is no DocType but ${kindOf(part)}`);
    }
  }
  for (const { facts, source, pointer } of custom) {
    const type = found.get(textOf(facts['dt']));
    if (type === undefined) account.note(source, pointer, 'left-out', 'It adds a field to a DocType that is not there');
    else found.set(type.name, { ...type, fields: withCustom(type.fields, docField(facts, source, pointer)) });
  }
  return [...found.values()];
}

function kindOf(part: Facts): string {
  const kind = textOf(part['doctype']);
  return kind === '' ? 'something else' : `a ${kind}`;
}

function addDocType(
  found: Map<string, DocType>,
  facts: Facts,
  source: string,
  pointer: string,
  account: Account,
): void {
  const name = textOf(facts['name']);
  if (name === '') account.note(source, pointer, 'left-out', 'The DocType has no name');
  else if (found.has(name)) account.note(source, pointer, 'left-out', 'Another DocType has the same name');
  else {
    const given = Array.isArray(facts['fields']) ? (facts['fields'] as readonly unknown[]) : [];
    const fields = given.flatMap((field, index) => {
      const at = `${pointer}/fields/${index}`;
      if (isObject(field)) return [docField(field, source, at)];
      account.note(source, at, 'left-out', 'It is no field');
      return [];
    });
    found.set(name, { name, app: appOf(source), facts, source, pointer, fields });
  }
}

function docField(facts: Facts, source: string, pointer: string): DocField {
  return {
    facts,
    source,
    pointer,
    fieldname: textOf(facts['fieldname']),
    fieldtype: textOf(facts['fieldtype']),
    label: textOf(facts['label']).trim(),
    options: textOf(facts['options']),
  };
}

/** Files of `custom/` hold the fields and settings that a site gave a DocType of another app. */
function addCustomisation(
  custom: { readonly facts: Facts; readonly source: string; readonly pointer: string }[],
  part: Facts,
  source: string,
  account: Account,
): void {
  for (const [index, facts] of listOf(part['custom_fields']).entries()) {
    custom.push({ facts: { dt: part['doctype'], ...facts }, source, pointer: `/custom_fields/${index}` });
  }
  for (const name of Object.keys(part)) {
    if (name === 'custom_fields') continue;
    if (name === 'doctype') account.note(source, '/doctype', 'taken');
    else if (Array.isArray(part[name]) && (part[name] as unknown[]).length > 0)
      account.note(source, `/${name}`, 'left-out', 'Settings of a site for records of another app are not read');
    else account.note(source, `/${name}`, 'taken');
  }
}

function withCustom(fields: readonly DocField[], added: DocField): readonly DocField[] {
  const after = fields.findIndex(({ fieldname }) => fieldname === textOf(added.facts['insert_after']));
  const at = after < 0 ? fields.length : after + 1;
  return [...fields.slice(0, at), added, ...fields.slice(at)];
}

/** `apps/erpnext/erpnext/stock/doctype/item/item.json` → `erpnext`. */
function appOf(path: string): string {
  const steps = path.split('/');
  const at = steps.lastIndexOf('doctype');
  return at >= 2 ? (steps[at - 2] ?? '') : '';
}
