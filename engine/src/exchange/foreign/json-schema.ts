import type { Account } from './account.ts';
import { ModuleDraft } from './module-draft.ts';
import type { Json, JsonDocument } from './module-draft.ts';
import { FreeNames, slugFrom } from './names.ts';
import type { ForeignFile } from './read-foreign.ts';

type Schema = Readonly<Record<string, unknown>>;

/** A schema with the place where it stands. */
interface Placed {
  readonly schema: Schema;
  readonly source: string;
  readonly pointer: string;
}

/** An entity that is still to be written. */
interface Pending {
  readonly placed: Placed;
  readonly entity: string;
  readonly kind: 'master' | 'lines';
}

/** What a property becomes. */
type Made = { readonly document: JsonDocument } | { readonly flat: readonly Property[] } | null;

interface Property {
  readonly name: string;
  readonly placed: Placed;
  readonly isRequired: boolean;
}

const FIELDS_MAX = 150;
/** How deep objects within objects are laid out as fields of one record. */
const FLAT_MAX = 3;
const REFERENCES_MAX = 32;
const TEXT_LENGTH = 255;
const TEXT_LENGTH_MAX = 1_000;
const MENU_MAX = 60;
const OPTIONS_MAX = 200;

const FORMATS: Readonly<Record<string, JsonDocument>> = {
  email: { type: 'email' },
  'idn-email': { type: 'email' },
  uri: { type: 'url' },
  url: { type: 'url' },
  iri: { type: 'url' },
  date: { type: 'date' },
  'date-time': { type: 'datetime' },
  time: { type: 'time' },
  phone: { type: 'phone' },
  color: { type: 'color' },
  password: { type: 'text', encrypted: true, maxLength: TEXT_LENGTH },
  uuid: { type: 'text', maxLength: 36 },
  ipv4: { type: 'text', maxLength: 15 },
  ipv6: { type: 'text', maxLength: 45 },
};

/**
 * Turns JSON Schemas (2020-12, draft-07) into one module. Objects become entities, arrays of objects rows, references
 * to objects links. Everything that a schema says is told in the account.
 */
export function importJsonSchema(
  files: readonly ForeignFile[],
  folder: string,
  takenSlugs: Iterable<string>,
  account: Account,
): readonly ModuleDraft[] {
  const wanted = slugFrom(folder.replace(/(\.schema)?\.json$/, ''));
  const taken = new Set(takenSlugs);
  let slug = wanted;
  for (let number = 2; taken.has(slug); number += 1) slug = `${wanted}-${number}`;
  return new SchemaImport(files, new ModuleDraft(slug), account).modules();
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class SchemaImport {
  readonly #files: ReadonlyMap<string, unknown>;
  readonly #draft: ModuleDraft;
  readonly #account: Account;
  readonly #names = new FreeNames();
  /** Entities by the place of their schema. */
  readonly #entities = new Map<string, string>();
  readonly #open: Pending[] = [];

  constructor(files: readonly ForeignFile[], draft: ModuleDraft, account: Account) {
    this.#files = new Map(files.map(({ path, value }) => [path, value]));
    this.#draft = draft;
    this.#account = account;
  }

  modules(): readonly ModuleDraft[] {
    for (const [source, schema] of this.#files) {
      if (!isObject(schema)) {
        this.#account.note(source, '', 'left-out', 'It is no schema of an object');
        continue;
      }
      if (isObject(schema['properties'])) this.#entityOf({ schema, source, pointer: '' });
      for (const words of ['$defs', 'definitions']) {
        for (const [name, part] of Object.entries(isObject(schema[words]) ? schema[words] : {})) {
          const pointer = `/${words}/${escaped(name)}`;
          if (isObject(part) && isObject(part['properties'])) this.#entityOf({ schema: part, source, pointer });
        }
      }
    }
    for (let next = this.#open.shift(); next !== undefined; next = this.#open.shift()) this.#addEntity(next);
    this.#accountForRest();
    const masters = [...this.#draft.documents.values()].filter(({ kind }) => kind === 'master');
    if (masters.length === 0) return [];
    this.#draft.documents.set('module.json', {
      module: this.#draft.slug,
      name: this.#draft.slug,
      version: '1.0.0',
      category: 'imported',
      icon: 'inbox-arrow-down',
      menu: masters.slice(0, MENU_MAX).map(({ entity }) => ({ entity: entity as string })),
    });
    return [this.#draft];
  }

  /** The entity of an object; the same schema is the same entity. */
  #entityOf(placed: Placed): string {
    const place = `${placed.source}#${placed.pointer}`;
    let entity = this.#entities.get(place);
    if (entity === undefined) {
      entity = this.#names.entity(this.#draft.slug, nameOf(placed));
      this.#entities.set(place, entity);
      this.#open.push({ placed, entity, kind: 'master' });
    }
    return entity;
  }

  #addEntity({ placed, entity, kind }: Pending): void {
    const { schema, source, pointer } = placed;
    const fields: JsonDocument = {};
    const label = textOf(schema['title']) || nameOf(placed);
    const made: JsonDocument = { entity, kind, label: label.slice(0, 200), fields };
    if (textOf(schema['description']) !== '') made['description'] = textOf(schema['description']).slice(0, 2000);
    for (const word of ['title', 'description', 'type', '$schema', '$id', '$comment']) this.#taken(placed, word);
    const path = `entities/${entity}.json`;
    this.#draft.add(path, made, { source, pointer });
    const names = new FreeNames();
    const open = this.#propertiesOf(placed, '', 0);
    let count = 0;
    while (open.length > 0) {
      const property = open.shift() as Property;
      const { source: of, pointer: at } = property.placed;
      if ((count += 1) > FIELDS_MAX) {
        this.#account.note(of, at, 'left-out', `An entity takes at most ${FIELDS_MAX} fields from a schema`);
        continue;
      }
      const field = this.#field(property, entity, kind);
      if (field === null) continue;
      if ('flat' in field) {
        open.unshift(...field.flat);
        continue;
      }
      const name = names.field(property.name, NO_NAMES);
      if (field.document['type'] === 'link') names.field(`${name}_id`, NO_NAMES);
      const isSame = name === property.name;
      const why = 'The field is called otherwise: its name is one of the engine’s own, or not written so here';
      this.#account.note(of, at, isSame ? 'taken' : 'approximated', isSame ? '' : why);
      fields[name] = field.document;
      this.#draft.trace(path, `/fields/${name}`, { source: of, pointer: at });
    }
    if (Object.keys(fields).length === 0) fields['title'] = { type: 'text', label: 'Title' };
    if (isObject(fields['name']) && fields['name']['type'] === 'text') made['title'] = '{name}';
  }

  /** The properties of an object, with those that `allOf` adds. */
  #propertiesOf(placed: Placed, prefix: string, depth: number): Property[] {
    const { schema, source, pointer } = placed;
    const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as readonly unknown[]) : []);
    this.#taken(placed, 'required');
    const own = Object.entries(isObject(schema['properties']) ? schema['properties'] : {}).flatMap(([name, part]) => {
      const at = { schema: isObject(part) ? part : {}, source, pointer: `${pointer}/properties/${escaped(name)}` };
      return [{ name: prefix + name, placed: at, isRequired: required.has(name) && prefix === '' }];
    });
    const all = Array.isArray(schema['allOf']) && depth < FLAT_MAX ? (schema['allOf'] as readonly unknown[]) : [];
    const added = all.flatMap((part, index) => {
      if (!isObject(part)) return [];
      const resolved = this.#resolved({ schema: part, source, pointer: `${pointer}/allOf/${index}` });
      return resolved === null ? [] : this.#propertiesOf(resolved, prefix, depth + 1);
    });
    const names = new Set(own.map(({ name }) => name));
    return [...own, ...added.filter(({ name }) => !names.has(name))];
  }

  /** Follows references; null for one that leads nowhere, or in a circle. */
  #resolved(placed: Placed): Placed | null {
    let at = placed;
    for (let count = 0; count < REFERENCES_MAX; count += 1) {
      const reference = at.schema['$ref'];
      if (typeof reference !== 'string') return at;
      const next = this.#referred(reference, at.source);
      if (next === null) {
        this.#account.note(
          at.source,
          `${at.pointer}/$ref`,
          'left-out',
          'The reference leads to what was not brought along',
        );
        return null;
      }
      this.#taken(at, '$ref');
      at = next;
    }
    this.#account.note(placed.source, `${placed.pointer}/$ref`, 'left-out', 'The reference leads in a circle');
    return null;
  }

  #referred(reference: string, from: string): Placed | null {
    const [file = '', pointer = ''] = reference.split('#');
    const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/') + 1) : '';
    const source = file === '' ? from : this.#files.has(folder + file) ? folder + file : this.#byId(file);
    let part: unknown = source === null ? undefined : this.#files.get(source);
    for (const step of pointer.split('/').slice(1)) {
      const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
      part = Array.isArray(part)
        ? (part as readonly unknown[])[Number(name)]
        : isObject(part) && Object.hasOwn(part, name)
          ? part[name]
          : undefined;
    }
    return source === null || !isObject(part) ? null : { schema: part, source, pointer };
  }

  #byId(id: string): string | null {
    for (const [path, schema] of this.#files) if (isObject(schema) && schema['$id'] === id) return path;
    return null;
  }

  #field({ name, placed, isRequired }: Property, entity: string, kind: 'master' | 'lines'): Made {
    const resolved = this.#resolved(placed);
    if (resolved === null) return this.#asJson(placed, isRequired, 'A reference that leads nowhere is kept as JSON');
    const { schema } = resolved;
    const isReferred = resolved !== placed;
    const type = this.#typeOf(resolved);
    const base: JsonDocument = {};
    const words = { ...schema, ...placed.schema };
    if (textOf(words['title']) !== '') base['label'] = textOf(words['title']).slice(0, 200);
    if (textOf(words['description']) !== '') base['help'] = textOf(words['description']).slice(0, 2000);
    if (words['readOnly'] === true) base['readOnly'] = true;
    for (const word of ['title', 'description', 'readOnly', 'type', '$comment', 'examples']) this.#taken(placed, word);
    if (isRequired && base['readOnly'] !== true) base['required'] = true;

    if (type === 'object') {
      if (isReferred && isObject(schema['properties']))
        return { document: { type: 'link', to: this.#entityOf(resolved), ...base } };
      const depth = name.split('_').length;
      if (isObject(schema['properties']) && placed.pointer.split('/properties/').length <= FLAT_MAX + 1 && depth < 12) {
        this.#account.note(
          placed.source,
          placed.pointer,
          'approximated',
          'An object within a record becomes fields of the record',
        );
        return { flat: this.#propertiesOf(resolved, `${name}_`, 0) };
      }
      return this.#asJson(placed, isRequired, 'An object of any properties is kept as JSON');
    }
    if (type === 'array') return this.#array(resolved, placed, base, { entity, kind, name, isRequired });
    const scalar = this.#scalar(type, resolved, name);
    if (scalar === null) return this.#asJson(placed, isRequired, 'A value of several types is kept as JSON');
    return { document: { ...scalar, ...base } };
  }

  #array(
    { schema, source, pointer }: Placed,
    placed: Placed,
    base: JsonDocument,
    owner: { readonly entity: string; readonly kind: string; readonly name: string; readonly isRequired: boolean },
  ): Made {
    const items = isObject(schema['items'])
      ? this.#resolved({ schema: schema['items'], source, pointer: `${pointer}/items` })
      : null;
    if (items === null || !isObject(items.schema['properties']))
      return this.#asJson(placed, owner.isRequired, 'A list of plain values is kept as JSON');
    if (owner.kind === 'lines')
      return this.#asJson(placed, owner.isRequired, 'Rows cannot own rows; they are kept as JSON');
    const rows = this.#names.entity(this.#draft.slug, `${owner.entity.split('.')[1] ?? ''} ${owner.name}`);
    this.#open.push({ placed: items, entity: rows, kind: 'lines' });
    const made: JsonDocument = { type: 'lines', of: rows, ...base };
    for (const [word, into] of [
      ['minItems', 'min'],
      ['maxItems', 'max'],
    ] as const) {
      const count = schema[word];
      if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) continue;
      made[into] = count;
      this.#account.note(source, `${pointer}/${word}`, 'taken');
    }
    return { document: made };
  }

  /** The one type of a schema besides null; '' where there are several. */
  #typeOf({ schema, source, pointer }: Placed): string {
    const types = (Array.isArray(schema['type']) ? (schema['type'] as readonly unknown[]) : [schema['type']]).filter(
      (type) => typeof type === 'string' && type !== 'null',
    );
    this.#account.note(source, `${pointer}/type`, 'taken');
    if (types.length === 1) return String(types[0]);
    if (types.length > 1) return '';
    if (isObject(schema['properties'])) return 'object';
    const values = enumOf(schema);
    return values !== null && values.every((value) => typeof value === 'string') ? 'string' : '';
  }

  #scalar(type: string, placed: Placed, name: string): JsonDocument | null {
    switch (type) {
      case 'string':
        return this.#text(placed);
      case 'boolean':
        return this.#withDefault({ type: 'boolean' }, placed, (value) =>
          typeof value === 'boolean' ? String(value) : null,
        );
      case 'integer':
      case 'number':
        return this.#number(type, placed, name);
      default:
        return null;
    }
  }

  #text(placed: Placed): JsonDocument {
    const { schema, source, pointer } = placed;
    const values = enumOf(schema)?.filter((value) => typeof value === 'string' && value !== '') ?? null;
    if (values !== null && values.length > 0 && values.length <= OPTIONS_MAX) {
      const names = new FreeNames();
      const options = new Map(values.map((value) => [value as string, names.option(value as string)]));
      for (const word of ['enum', 'const']) this.#taken(placed, word);
      const made = {
        type: 'enumeration',
        options: [...options].map(([label, value]) => (label === value ? value : { value, label })) as Json[],
      };
      return this.#withDefault(made, placed, (value) => {
        const option = options.get(value as string);
        return option === undefined ? null : `'${option}'`;
      });
    }
    const format = textOf(schema['format']);
    const known = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
    if (format !== '') {
      const why = 'There is no field type for this format; it is kept as text';
      this.#account.note(
        source,
        `${pointer}/format`,
        known === undefined ? 'approximated' : 'taken',
        known === undefined ? why : '',
      );
    }
    if (known !== undefined) return { ...known };
    return this.#plainText(placed);
  }

  #plainText(placed: Placed): JsonDocument {
    const { schema, source, pointer } = placed;
    const length = schema['maxLength'];
    const made: JsonDocument = { type: 'text', maxLength: TEXT_LENGTH };
    if (typeof length === 'number' && Number.isInteger(length) && length > 0) {
      const isLong = length > TEXT_LENGTH_MAX;
      made['type'] = isLong ? 'longtext' : 'text';
      made['maxLength'] = Math.min(length, 65_535);
      this.#account.note(
        source,
        `${pointer}/maxLength`,
        length > 65_535 ? 'approximated' : 'taken',
        length > 65_535 ? 'A text holds at most 65,535 characters' : '',
      );
    } else {
      this.#account.note(
        source,
        `${pointer}/type`,
        'approximated',
        `A text without a limit is kept up to ${TEXT_LENGTH} characters`,
      );
    }
    const least = schema['minLength'];
    if (typeof least === 'number' && Number.isInteger(least) && least > 0 && least <= Number(made['maxLength'])) {
      made['minLength'] = least;
      this.#taken(placed, 'minLength');
    }
    if (schema['pattern'] !== undefined)
      this.#account.note(
        source,
        `${pointer}/pattern`,
        'left-out',
        'Patterns are not checked; a check of the entity may say the rule',
      );
    return this.#withDefault(made, placed, (value) =>
      typeof value === 'string' && value !== '' ? quoted(value) : null,
    );
  }

  #number(type: string, placed: Placed, name: string): JsonDocument {
    const { schema, source, pointer } = placed;
    const made: JsonDocument = { type: type === 'integer' ? 'integer' : 'decimal' };
    const step = schema['multipleOf'];
    const digits = typeof step === 'number' ? /^0\.(0*1)$/.exec(String(step))?.[1]?.length : undefined;
    if (digits !== undefined && type === 'number') {
      made['scale'] = digits;
      this.#taken(placed, 'multipleOf');
      if (digits === 2 && /price|amount|total|cost|rate/i.test(name)) made['type'] = 'money';
    } else if (step !== undefined)
      this.#account.note(source, `${pointer}/multipleOf`, 'left-out', 'Only digits after the point are limited');
    for (const [word, into, shift] of [
      ['minimum', 'min', 0],
      ['maximum', 'max', 0],
      ['exclusiveMinimum', 'min', 1],
      ['exclusiveMaximum', 'max', -1],
    ] as const) {
      const limit = schema[word];
      if (typeof limit !== 'number' || !/^-?\d{1,15}(\.\d{1,6})?$/.test(String(limit))) continue;
      if (shift !== 0 && !(type === 'integer' && Number.isInteger(limit))) {
        made[into] = limit;
        this.#account.note(source, `${pointer}/${word}`, 'approximated', 'The limit itself is allowed');
      } else {
        made[into] = limit + shift;
        this.#account.note(source, `${pointer}/${word}`, 'taken');
      }
    }
    return this.#withDefault(made, placed, (value) =>
      typeof value === 'number' && /^-?\d+(\.\d+)?$/.test(String(value)) ? String(value) : null,
    );
  }

  #withDefault(made: JsonDocument, placed: Placed, expressionOf: (value: unknown) => string | null): JsonDocument {
    const value = placed.schema['default'];
    if (value === undefined || value === null) return made;
    const expression = expressionOf(value);
    if (expression === null) {
      this.#account.note(
        placed.source,
        `${placed.pointer}/default`,
        'left-out',
        'The default is no value of its field',
      );
      return made;
    }
    this.#taken(placed, 'default');
    return { ...made, default: expression };
  }

  #asJson({ source, pointer, schema }: Placed, isRequired: boolean, why: string): Made {
    this.#account.note(
      source,
      `${pointer}/${schema['type'] === undefined ? '' : 'type'}`.replace(/\/$/, ''),
      'approximated',
      why,
    );
    return { document: { type: 'json', ...(isRequired ? { required: true } : {}) } };
  }

  #taken({ schema, source, pointer }: Placed, word: string): void {
    const at = `${pointer}/${word}`;
    if (schema[word] !== undefined && !this.#account.has(source, at)) this.#account.note(source, at, 'taken');
  }

  /** Every word that nothing was said of yet. */
  #accountForRest(): void {
    for (const [source, schema] of this.#files) this.#walk(source, schema, '');
  }

  #walk(source: string, value: unknown, pointer: string): void {
    if (!isObject(value)) return;
    for (const [word, part] of Object.entries(value)) {
      const at = `${pointer}/${escaped(word)}`;
      if (HOLDERS.has(word) && isObject(part)) {
        for (const [name, inner] of Object.entries(part)) this.#walk(source, inner, `${at}/${escaped(name)}`);
      } else if (word === 'items' && isObject(part)) this.#walk(source, part, at);
      else if (word === 'allOf' && Array.isArray(part))
        part.forEach((inner, index) => this.#walk(source, inner, `${at}/${index}`));
      else if (!this.#account.has(source, at))
        this.#account.note(source, at, 'left-out', 'Nothing is made of this word');
    }
  }
}

const NO_NAMES: ReadonlySet<string> = new Set();
const HOLDERS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);

function nameOf({ schema, source, pointer }: Placed): string {
  const last = pointer.split('/').at(-1) ?? '';
  if (last !== '') return decoded(last);
  const title = textOf(schema['title']);
  return title === '' ? (source.split('/').at(-1) ?? '').replace(/(\.schema)?\.json$/, '') : title;
}

function enumOf(schema: Schema): readonly unknown[] | null {
  if (Array.isArray(schema['enum'])) return schema['enum'] as readonly unknown[];
  return schema['const'] === undefined ? null : [schema['const']];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
