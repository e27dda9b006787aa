import type { Account } from './account.ts';
import { choicesOf, fieldDocument, LAYOUT, optionNames, ruleOf, TYPES } from './frappe-fields.ts';
import type { FieldNotes, FieldScope, TakenField } from './frappe-fields.ts';
import { naming } from './frappe-naming.ts';
import { permissionDocuments } from './frappe-permissions.ts';
import type { EntityRights } from './frappe-permissions.ts';
import { docTypesIn, isYes, listOf, textOf } from './frappe-source.ts';
import type { DocField, DocType } from './frappe-source.ts';
import { LAYOUT_PROPERTY, OF_DOCTYPE, OF_FIELD } from './frappe-words.ts';
import { ModuleDraft } from './module-draft.ts';
import type { Json, JsonDocument } from './module-draft.ts';
import { FreeNames, providedFields, slugFrom } from './names.ts';
import type { ForeignFile } from './read-foreign.ts';

const MENU_MAX = 60;
const OPTIONS_MAX = 200;
const FIELDS_MAX = 300;
const LIST_COLUMNS_MAX = 8;
/** What InnoDB keeps of a row in its page at most, a text that lies outside, and any other value. */
const PAGE_BYTES_MAX = 7_700;
const TEXT_BYTES = 41;
const VALUE_BYTES = 12;
const TEXTS: ReadonlySet<string> = new Set([
  'text',
  'longtext',
  'richtext',
  'json',
  'enumeration',
  'email',
  'phone',
  'url',
  'barcode',
  'color',
  'dynamic-link',
]);

type Meaning = Pick<TakenField, 'type' | 'target' | 'options'>;

/** An entity that a DocType becomes. Rows that several others own become one entity for each of them. */
interface Plan {
  readonly type: DocType;
  readonly module: string;
  readonly name: string;
  readonly kind: string;
  readonly number: string | null;
  readonly fields: Map<string, TakenField>;
  /** Of rows: whoever owns them. */
  readonly owner: Plan | null;
}

/**
 * Turns the DocTypes of Frappe into modules, one for each app. Everything that a file says is told in the account:
 * taken, approximated, or left out with the reason.
 *
 * @param takenSlugs names of modules that are there already
 */
export function importFrappe(
  files: readonly ForeignFile[],
  folder: string,
  takenSlugs: Iterable<string>,
  account: Account,
): readonly ModuleDraft[] {
  return new FrappeImport(docTypesIn(files, account), folder, new Set(takenSlugs), account).modules();
}

class FrappeImport {
  readonly #types: ReadonlyMap<string, DocType>;
  readonly #folder: string;
  readonly #takenSlugs: Set<string>;
  readonly #account: Account;
  readonly #plans = new Map<string, Plan>();
  /** Rows by owner and field. */
  readonly #rows = new Map<string, Plan>();
  readonly #names = new FreeNames();
  readonly #slugs = new Map<string, string>();

  constructor(types: readonly DocType[], folder: string, takenSlugs: Set<string>, account: Account) {
    this.#types = new Map(types.map((type) => [type.name, type]));
    this.#folder = folder;
    this.#takenSlugs = takenSlugs;
    this.#account = account;
  }

  modules(): readonly ModuleDraft[] {
    const children = new Set([...this.#types.values()].filter(isChild).map(({ name }) => name));
    const owned = new Set(
      [...this.#types.values()]
        .filter((type) => !isChild(type))
        .flatMap(({ fields }) =>
          fields.filter(({ fieldtype }) => fieldtype.startsWith('Table')).map(({ options }) => options),
        ),
    );
    for (const type of this.#types.values()) {
      if (!children.has(type.name)) this.#plans.set(type.name, this.#plan(type, kindOf(type), null, type.name));
      else if (!owned.has(type.name)) {
        this.#account.note(
          type.source,
          `${type.pointer}/istable`,
          'approximated',
          'Rows that nothing owns are records of their own',
        );
        this.#plans.set(type.name, this.#plan(type, 'master', null, type.name));
      }
    }
    const modules = new Map<string, ModuleDraft>();
    for (const plan of this.#plans.values()) this.#takeFields(plan);
    for (const plan of [...this.#plans.values(), ...this.#rows.values()]) {
      let draft = modules.get(plan.module);
      if (draft === undefined) modules.set(plan.module, (draft = new ModuleDraft(plan.module)));
      this.#addEntity(draft, plan);
    }
    this.#accountForTypes();
    for (const draft of modules.values()) this.#addManifest(draft, modules);
    return [...modules.values()];
  }

  #moduleOf({ app }: DocType): string {
    let slug = this.#slugs.get(app);
    if (slug === undefined) {
      const wanted = slugFrom(app === '' ? this.#folder : app);
      slug = wanted;
      for (let number = 2; this.#takenSlugs.has(slug); number += 1) slug = `${wanted}-${number}`;
      this.#takenSlugs.add(slug);
      this.#slugs.set(app, slug);
    }
    return slug;
  }

  #plan(type: DocType, kind: string, owner: Plan | null, name: string): Plan {
    const module = owner?.module ?? this.#moduleOf(type);
    const { number } = kind === 'lines' || kind === 'single' ? { number: null } : naming(type);
    return { type, module, name: this.#names.entity(module, name), kind, number, fields: new Map(), owner };
  }

  /** Decides what every field becomes, before any is written: conditions and links name others. */
  #takeFields(plan: Plan): void {
    const provided = providedFields(plan.kind, plan.number !== null);
    const names = new FreeNames();
    let count = 0;
    let bytes = 0;
    for (const from of plan.type.fields) {
      const why = this.#reasonAgainst(plan, from);
      if (why !== null) {
        this.#account.note(from.source, `${from.pointer}/fieldtype`, 'left-out', why);
        continue;
      }
      if (LAYOUT.has(from.fieldtype)) continue;
      count += 1;
      if (count > FIELDS_MAX) {
        this.#account.note(
          from.source,
          `${from.pointer}/fieldtype`,
          'left-out',
          `An entity has at most ${FIELDS_MAX} fields`,
        );
        continue;
      }
      const { type, target, options } = this.#meaning(plan, from);
      bytes += TEXTS.has(type) ? TEXT_BYTES : VALUE_BYTES;
      if (bytes > PAGE_BYTES_MAX) {
        const why = 'The record has more fields than a row of a database holds';
        this.#account.note(from.source, `${from.pointer}/fieldtype`, 'left-out', why);
        continue;
      }
      const name = names.field(from.fieldname, provided);
      // The column of a link is called after it with `_id` behind.
      if (type === 'link') names.field(`${name}_id`, provided);
      const isSame = name === from.fieldname;
      const because = isSame
        ? ''
        : 'The field is called otherwise: its name is one of the engine’s own, or not written so here';
      this.#account.note(from.source, `${from.pointer}/fieldname`, isSame ? 'taken' : 'approximated', because);
      plan.fields.set(from.fieldname, { from, name, type, options, target });
    }
  }

  #reasonAgainst({ kind, type, fields }: Plan, from: DocField): string | null {
    if (LAYOUT.has(from.fieldtype)) return null;
    if (TYPES[from.fieldtype] === undefined) return 'There is no such type of field';
    if (from.fieldname === '') return 'The field has no name';
    if (fields.has(from.fieldname)) return 'Another field has the same name';
    if (kind === 'lines' && from.fieldtype.startsWith('Table')) return 'Rows cannot own rows';
    if (from.fieldname === 'amended_from' && kind === 'document')
      return 'Every document knows which one it takes the place of';
    if (from.fieldname === 'naming_series') return 'The number of the entity takes its place';
    const isTree = kind === 'tree';
    if (isTree && ['lft', 'rgt', 'old_parent', parentFieldOf(type)].includes(from.fieldname))
      return 'Every tree keeps its own places and parents';
    return null;
  }

  #meaning(plan: Plan, from: DocField): Meaning {
    const near = (why: string): void =>
      this.#account.note(from.source, `${from.pointer}/fieldtype`, 'approximated', why);
    const rule = ruleOf(from);
    const type = rule?.type ?? 'text';
    this.#account.note(
      from.source,
      `${from.pointer}/fieldtype`,
      rule?.near === undefined ? 'taken' : 'approximated',
      rule?.near ?? '',
    );
    const asText = (why: string): Meaning => {
      near(why);
      this.#account.note(from.source, `${from.pointer}/options`, 'left-out', why);
      return { type: 'text', target: null, options: null };
    };
    const direct = this.#choices(type, from, asText) ?? this.#led(plan, type, from, asText);
    if (direct !== null) return direct;
    if (from.options !== '') {
      const isKind = from.fieldtype === 'Data' && type !== 'text';
      const why = optionsReason(from);
      this.#account.note(from.source, `${from.pointer}/options`, isKind ? 'taken' : 'left-out', isKind ? '' : why);
    }
    return { type, target: null, options: null };
  }

  #choices(type: string, from: DocField, asText: (why: string) => Meaning): Meaning | null {
    if (type === 'enumeration') {
      const choices = choicesOf(from.options);
      if (choices.length === 0) return asText('A choice without choices is kept as text');
      if (choices.length > OPTIONS_MAX) return asText(`A choice among more than ${OPTIONS_MAX} is kept as text`);
      this.#account.note(from.source, `${from.pointer}/options`, 'taken');
      return { type, target: null, options: optionNames(choices) };
    }
    return null;
  }

  /** What a field leads to: another record, rows, or several records. */
  #led(plan: Plan, type: string, from: DocField, asText: (why: string) => Meaning): Meaning | null {
    if (type === 'link') {
      const target = this.#plans.get(from.options);
      if (target === undefined)
        return asText('The link leads to a DocType that was not brought along; it is kept as text');
      if (target.kind === 'single') return asText('A link to a single record is kept as text');
      if (!this.#reaches(plan.module, target.module))
        return asText('The apps would depend on each other in a circle; the link is kept as text');
      this.#account.note(from.source, `${from.pointer}/options`, 'taken');
      return { type, target: target.name, options: null };
    }
    if (type === 'lines') return this.#rowsOf(plan, from, asText);
    if (type === 'links') {
      const linked = this.#types.get(from.options)?.fields.find(({ fieldtype }) => fieldtype === 'Link');
      const target = linked === undefined ? undefined : this.#plans.get(linked.options);
      if (target === undefined || target.kind === 'single' || !this.#reaches(plan.module, target.module)) {
        return {
          ...asText('What is chosen leads to a DocType that was not brought along; it is kept as text'),
          type: 'longtext',
        };
      }
      this.#account.note(from.source, `${from.pointer}/options`, 'taken');
      return { type, target: target.name, options: null };
    }
    return null;
  }

  #rowsOf(plan: Plan, from: DocField, asText: (why: string) => Meaning): Meaning {
    const child = this.#types.get(from.options);
    if (child === undefined || !isChild(child)) {
      return {
        ...asText('The rows are of a DocType that was not brought along; the field is kept as text'),
        type: 'longtext',
      };
    }
    const isFirst = ![...this.#rows.values()].some(({ type }) => type === child);
    const name = isFirst ? child.name : `${plan.type.name} ${from.fieldname}`;
    const rows = this.#plan(child, 'lines', plan, name);
    this.#rows.set(`${plan.name}/${from.fieldname}`, rows);
    this.#takeFields(rows);
    this.#account.note(from.source, `${from.pointer}/options`, 'taken');
    return { type: 'lines', target: rows.name, options: null };
  }

  readonly #dependencies = new Map<string, Set<string>>();

  /** Whether entities of one module may link to those of another; the first way that is needed is kept. */
  #reaches(from: string, to: string): boolean {
    if (from === to) return true;
    const leadsBack = (module: string): boolean =>
      module === from || [...(this.#dependencies.get(module) ?? [])].some(leadsBack);
    if (leadsBack(to)) return false;
    const known = this.#dependencies.get(from) ?? new Set<string>();
    this.#dependencies.set(from, known.add(to));
    return true;
  }

  #addEntity(draft: ModuleDraft, plan: Plan): void {
    const { type, kind, fields } = plan;
    const path = `entities/${plan.name}.json`;
    const { source, pointer } = type;
    const made: JsonDocument = {
      entity: plan.name,
      kind,
      label: type.name.slice(0, 200),
      fields: {},
    };
    const description = textOf(type.facts['description'])
      .replace(/<[^>]*>/g, '')
      .trim();
    if (description !== '') made['description'] = description.slice(0, 2000);
    if (plan.number !== null) made['number'] = plan.number;
    draft.add(path, made, { source, pointer });
    const written = made['fields'] as JsonDocument;
    const scope: FieldScope = {
      type,
      fields,
      isDocument: kind === 'document',
      kind,
      parent: plan.owner?.fields ?? null,
      linked: ({ from }) => this.#plans.get(from.options)?.fields ?? null,
    };
    for (const field of fields.values()) {
      const document = fieldDocument(field, scope, this.#notes(draft, path, field));
      written[field.name] = document;
      draft.trace(path, `/fields/${field.name}`, { source, pointer: `${field.from.pointer}/fieldtype` });
      for (const property of Object.keys(TRACES)) {
        const foreign = TRACES[property] ?? '';
        if (Object.hasOwn(document, property))
          draft.trace(path, `/fields/${field.name}/${property}`, {
            source: field.from.source,
            pointer: `${field.from.pointer}/${foreign}`,
          });
      }
    }
    if (Object.keys(written).length === 0) written['title'] = { type: 'text', label: 'Title' };
    this.#addKey(made, plan, written);
    this.#addLooks(made, plan, written);
  }

  #notes(draft: ModuleDraft, path: string, { name, from }: TakenField): FieldNotes {
    const note = (property: string, fate: 'taken' | 'approximated' | 'left-out', why = ''): void => {
      if (from.facts[property] !== undefined) this.#account.note(from.source, `${from.pointer}/${property}`, fate, why);
    };
    void draft.trace(path, `/fields/${name}`, { source: from.source, pointer: from.pointer });
    return {
      taken: (property) => note(property, 'taken'),
      near: (property, why) => note(property, 'approximated', why),
      leftOut: (property, why) => note(property, 'left-out', why),
    };
  }

  #addKey(made: JsonDocument, plan: Plan, written: JsonDocument): void {
    if (plan.kind === 'lines' || plan.kind === 'single') return;
    const { keyField, asksForName } = naming(plan.type);
    const field = keyField === null ? undefined : plan.fields.get(keyField);
    const document = field === undefined ? undefined : (written[field.name] as JsonDocument);
    if (
      field !== undefined &&
      document !== undefined &&
      ['text', 'email', 'phone', 'barcode', 'url'].includes(field.type)
    ) {
      made['key'] = [field.name];
      document['required'] = true;
      document['unique'] = true;
      delete document['visible'];
    } else if (asksForName && !Object.hasOwn(written, 'name')) {
      made['fields'] = {
        name: { type: 'text', label: 'Name', required: true, unique: true, search: true },
        ...written,
      };
      made['key'] = ['name'];
    }
  }

  /** List, title, search and form. */
  #addLooks(made: JsonDocument, { type, fields, kind }: Plan, written: JsonDocument): void {
    const named = (flag: string): string[] =>
      [...fields.values()].filter(({ from }) => isYes(from.facts[flag])).map(({ name }) => name);
    const notShown = new Set(['lines', 'links', 'longtext', 'richtext', 'json', 'file', 'image']);
    const listable = (name: string): boolean => {
      const document = written[name] as JsonDocument;
      const isEncrypted = document['encrypted'] === true;
      return !notShown.has(document['type'] as string) && !isEncrypted;
    };
    const columns = named('in_list_view').filter(listable).slice(0, LIST_COLUMNS_MAX);
    const filters = kind === 'lines' ? [] : named('in_standard_filter').filter(listable);
    if (columns.length > 0 || filters.length > 0) {
      made['list'] = {
        ...(columns.length === 0 ? {} : { columns }),
        ...(filters.length === 0 ? {} : { filters }),
      };
    }
    const title = fields.get(textOf(type.facts['title_field']));
    if (title !== undefined && listable(title.name)) made['title'] = `{${title.name}}`;
    if (kind !== 'lines' && kind !== 'single') {
      const searched = textOf(type.facts['search_fields'])
        .split(',')
        .flatMap((name) => fields.get(name.trim()) ?? []);
      for (const { name, type: of } of searched) {
        const document = written[name] as JsonDocument;
        if (['text', 'email', 'phone', 'url', 'barcode'].includes(of) && document['encrypted'] !== true)
          document['search'] = true;
      }
      const sort = sortOf(type, fields);
      if (sort !== null) made['sort'] = [sort];
    }
    if (kind !== 'lines') {
      const sections = sectionsOf(type, fields);
      if (sections.length > 0) made['form'] = { sections };
    }
    addColors(type, fields, written);
  }

  #addManifest(draft: ModuleDraft, modules: ReadonlyMap<string, ModuleDraft>): void {
    const plans = [...this.#plans.values()].filter(({ module }) => module === draft.slug);
    const shown = plans.filter(({ kind }) => kind !== 'lines');
    const dependencies = [...(this.#dependencies.get(draft.slug) ?? [])].filter((slug) => modules.has(slug));
    for (const { type } of shown.slice(MENU_MAX))
      this.#account.note(
        type.source,
        `${type.pointer}/module`,
        'approximated',
        `A menu has at most ${MENU_MAX} entries; the list is found by its address`,
      );
    const app = [...this.#slugs].find(([, slug]) => slug === draft.slug)?.[0] ?? '';
    draft.documents.set('module.json', {
      module: draft.slug,
      name: app === '' ? draft.slug : app,
      version: '1.0.0',
      category: 'imported',
      icon: 'inbox-arrow-down',
      ...(dependencies.length === 0 ? {} : { dependencies }),
      menu: shown.slice(0, MENU_MAX).map(({ name, type }) => {
        const group = textOf(type.facts['module']);
        return { entity: name, ...(group === '' ? {} : { group }) };
      }),
    });
    const rights: EntityRights[] = plans
      .filter(({ kind }) => kind !== 'lines')
      .map(({ type, name, kind, fields }) => ({ type, entity: name, isDocument: kind === 'document', fields }));
    for (const { path, document, origin } of permissionDocuments(draft.slug, rights, this.#account))
      draft.add(path, document, origin);
  }

  /** Every property that nothing was said of yet. */
  #accountForTypes(): void {
    for (const type of this.#types.values()) {
      for (const name of Object.keys(type.facts)) {
        if (name === 'fields' || name === 'permissions') continue;
        this.#accountFor(type.source, `${type.pointer}/${name}`, type.facts[name], OF_DOCTYPE[name]);
      }
      for (const field of type.fields) {
        const words = LAYOUT.has(field.fieldtype) ? { ...OF_FIELD, ...LAYOUT_PROPERTY[field.fieldtype] } : OF_FIELD;
        for (const name of Object.keys(field.facts)) {
          this.#accountFor(field.source, `${field.pointer}/${name}`, field.facts[name], words[name]);
        }
      }
      for (const [index, permission] of listOf(type.facts['permissions']).entries()) {
        for (const name of Object.keys(permission))
          this.#accountFor(type.source, `${type.pointer}/permissions/${index}/${name}`, permission[name], undefined);
      }
    }
  }

  #accountFor(source: string, pointer: string, value: unknown, reason: string | undefined): void {
    if (this.#account.has(source, pointer)) return;
    const saysNothing =
      value === 0 || value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0);
    if (saysNothing || reason === '') this.#account.note(source, pointer, 'taken');
    else this.#account.note(source, pointer, 'left-out', reason ?? 'Nothing is known of this property');
  }
}

/** Which property of Frappe stands behind one of ours. */
const TRACES: Readonly<Record<string, string>> = {
  visible: 'depends_on',
  required: 'mandatory_depends_on',
  readOnly: 'read_only_depends_on',
  default: 'default',
  computed: 'fetch_from',
  unique: 'unique',
  index: 'search_index',
  search: 'in_global_search',
  scale: 'precision',
  maxLength: 'length',
  min: 'non_negative',
};

function isChild({ facts }: DocType): boolean {
  return isYes(facts['istable']);
}

function kindOf({ facts }: DocType): string {
  if (isYes(facts['issingle'])) return 'single';
  if (isYes(facts['is_submittable'])) return 'document';
  return isYes(facts['is_tree']) || textOf(facts['nsm_parent_field']) !== '' ? 'tree' : 'master';
}

function parentFieldOf({ name, facts }: DocType): string {
  const named = textOf(facts['nsm_parent_field']);
  return named === '' ? `parent_${name.toLowerCase().replace(/[ -]/g, '_')}` : named;
}

function optionsReason({ fieldtype }: DocField): string {
  if (fieldtype === 'Currency') return 'All amounts of a company are in its currency unless a unit is added';
  if (fieldtype === 'Dynamic Link') return 'A dynamic link holds the kind of its record itself';
  return 'Options mean nothing for this type of field';
}

const SYSTEM_SORT: Readonly<Record<string, string>> = {
  modified: 'updated_at',
  creation: 'created_at',
  name: 'id',
  idx: 'id',
};

function sortOf({ facts }: DocType, fields: ReadonlyMap<string, TakenField>): string | null {
  const [first = ''] = textOf(facts['sort_field']).split(',');
  const field = fields.get(first);
  const isSortable =
    field !== undefined && !['lines', 'links', 'longtext', 'richtext', 'json', 'file', 'image'].includes(field.type);
  const name = isSortable ? field.name : SYSTEM_SORT[first];
  if (name === undefined) return null;
  return textOf(facts['sort_order']).toUpperCase() === 'DESC' ? `-${name}` : name;
}

function sectionsOf({ fields: all }: DocType, fields: ReadonlyMap<string, TakenField>): Json[] {
  const sections: { label?: string; columns: number; collapsed?: boolean; fields: string[] }[] = [];
  let tab = '';
  let open: (typeof sections)[number] = { columns: 1, fields: [] };
  const close = (): void => {
    if (open.fields.length > 0) sections.push(open);
  };
  for (const from of all) {
    if (from.fieldtype === 'Tab Break') tab = from.label;
    if (['Section Break', 'Tab Break', 'Fold'].includes(from.fieldtype)) {
      close();
      const label = from.label === '' && from.fieldtype === 'Section Break' && sections.length === 0 ? tab : from.label;
      open = { ...(label === '' ? {} : { label }), columns: 1, fields: [] };
      if (isYes(from.facts['collapsible']) || from.fieldtype === 'Fold') open.collapsed = true;
    } else if (from.fieldtype === 'Column Break') open.columns = 2;
    else {
      const field = fields.get(from.fieldname);
      if (field?.from === from) open.fields.push(field.name);
    }
  }
  close();
  return sections.slice(0, 50);
}

const COLORS: Readonly<Record<string, string>> = {
  gray: 'gray',
  grey: 'gray',
  red: 'red',
  orange: 'orange',
  yellow: 'yellow',
  green: 'green',
  cyan: 'teal',
  blue: 'blue',
  'light blue': 'blue',
  purple: 'violet',
  pink: 'pink',
};

/** The colours of states belong to the choices of the same name. */
function addColors({ facts }: DocType, fields: ReadonlyMap<string, TakenField>, written: JsonDocument): void {
  const states = new Map(
    listOf(facts['states']).map((state) => [textOf(state['title']), COLORS[textOf(state['color']).toLowerCase()]]),
  );
  if (states.size === 0) return;
  for (const { name, options } of fields.values()) {
    if (options === null || ![...options.keys()].some((value) => states.has(value))) continue;
    const document = written[name] as JsonDocument;
    document['options'] = [...options].map(([label, value]) => {
      const color = states.get(label);
      return { value, label, ...(color === undefined ? {} : { color }) };
    });
  }
}
