import { NUMBER_FIELD, RESERVED_FIELDS } from '../../metamodel/naming.ts';

const ENTITY_LENGTH_MAX = 60;
const FIELD_LENGTH_MAX = 50;
const OPTION_LENGTH_MAX = 60;

/** Words of a foreign name in plain letters and digits, joined. */
function plain(name: string, joint: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, joint)
    .replace(/^[-_]+|[-_]+$/g, '');
  return words === '' ? 'x' : /^[a-z]/.test(words) ? words : `x${joint}${words}`;
}

/** A name for a module out of foreign words. */
export function slugFrom(name: string): string {
  return plain(name, '-').slice(0, 30).replace(/-+$/, '');
}

/** Names that are free, each given once: what is taken gets a number behind it. */
export class FreeNames {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** `module.sales-order`; at most as long as the language lets names be. */
  entity(module: string, name: string): string {
    return this.#free(`${module}.${plain(name, '-')}`, ENTITY_LENGTH_MAX, '-');
  }

  /** A field that is no name of the engine's own. */
  field(name: string, provided: ReadonlySet<string>): string {
    const wanted = plain(name, '_').slice(0, FIELD_LENGTH_MAX);
    const isOwn = RESERVED_FIELDS.has(wanted) || provided.has(wanted);
    return this.#free(isOwn ? `${wanted}_value` : wanted, FIELD_LENGTH_MAX, '_');
  }

  /** The value of a choice; what people see of it stays as it was. */
  option(name: string): string {
    const value = name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9_.+/-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '');
    return this.#free(value === '' ? 'x' : value, OPTION_LENGTH_MAX, '-');
  }

  #free(wanted: string, lengthMax: number, joint: string): string {
    for (let number = 1; ; number += 1) {
      const end = number === 1 ? '' : `${joint}${number}`;
      const name = wanted.slice(0, lengthMax - end.length).replace(/[-_]+$/, '') + end;
      if (this.#taken.has(name.toLowerCase())) continue;
      this.#taken.add(name.toLowerCase());
      return name;
    }
  }
}

const DOCUMENT_FIELDS = ['status', 'stage', 'amended_from', NUMBER_FIELD];

/** Fields that come with the kind of an entity. */
export function providedFields(kind: string, hasNumber: boolean): ReadonlySet<string> {
  return new Set([...(kind === 'document' ? DOCUMENT_FIELDS : []), ...(hasNumber ? [NUMBER_FIELD] : [])]);
}
