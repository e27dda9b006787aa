/** A field as a condition of Frappe may name it. */
export interface ConditionField {
  readonly name: string;
  readonly type: string;
  /** Foreign value of a choice → ours. */
  readonly options: ReadonlyMap<string, string> | null;
}

/** What a condition is about. */
export interface ConditionScope {
  readonly isDocument: boolean;
  field(name: string): ConditionField | undefined;
  /** Fields of the record that owns a row; null outside of rows. */
  readonly parent: ((name: string) => ConditionField | undefined) | null;
}

export type Translation = { readonly expression: string } | { readonly why: string };

type Token = { readonly kind: 'text' | 'number' | 'name' | 'symbol' | 'end'; readonly value: string };

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|([A-Za-z_$][\w$]*)|(===|!==|==|!=|<=|>=|&&|\|\||[-+*/<>!()[\],.?:]))/y;
const LENGTH_MAX = 2_000;

class Untranslatable extends Error {}

/**
 * Translates a condition of Frappe, `eval:doc.status == "Open" && !doc.is_group` or the bare name of a field, into an
 * expression. What means something else here, or cannot be said, is refused with the reason.
 */
export function translateCondition(condition: string, scope: ConditionScope): Translation {
  const text = condition.trim();
  if (text.length > LENGTH_MAX) return { why: 'The condition is too long' };
  try {
    if (!text.startsWith('eval:')) {
      const field = scope.field(text);
      return field === undefined
        ? { why: 'The condition names a field that is not there' }
        : { expression: holds({ text: field.name, type: field.type, field }) };
    }
    const parser = new Parser(tokens(text.slice('eval:'.length).replace(/;\s*$/, '')), scope);
    return { expression: parser.whole() };
  } catch (error) {
    if (error instanceof Untranslatable) return { why: `The condition ${error.message}` };
    throw error;
  }
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw new Untranslatable('is written in a way that has no counterpart');
    const [, quoted, number, name, symbol] = match;
    if (quoted !== undefined) found.push({ kind: 'text', value: quoted.slice(1, -1).replace(/\\(.)/g, '$1') });
    else if (number !== undefined) found.push({ kind: 'number', value: number });
    else if (name !== undefined) found.push({ kind: 'name', value: name });
    else found.push({ kind: 'symbol', value: symbol ?? '' });
    at = TOKEN.lastIndex;
  }
  found.push({ kind: 'end', value: '' });
  return found;
}

/** A part of the condition with what it is; a list has items. */
interface Term {
  readonly text: string;
  readonly type: string;
  readonly field?: ConditionField;
  /** A constant as it was written. */
  readonly constant?: string;
  readonly items?: readonly Term[];
}

const NUMBERS: ReadonlySet<string> = new Set([
  'integer',
  'decimal',
  'money',
  'percent',
  'quantity',
  'duration',
  'number',
]);
/** The number that Frappe keeps for the stage of a document. */
const STAGES: Readonly<Record<string, string>> = { '0': 'draft', '1': 'submitted', '2': 'cancelled' };

/** Whether a value counts as true in JavaScript, said for its type. */
function holds({ text, type }: Term): string {
  if (type === 'boolean' || type === 'condition') return text;
  if (NUMBERS.has(type)) return `${text} != 0`;
  if (type === 'lines' || type === 'links' || type === 'text' || type === 'longtext') return `not is_empty(${text})`;
  return `${text} != null`;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #scope: ConditionScope;
  #at = 0;

  constructor(list: readonly Token[], scope: ConditionScope) {
    this.#tokens = list;
    this.#scope = scope;
  }

  whole(): string {
    const term = this.#or();
    if (this.#next.kind !== 'end') throw new Untranslatable('is written in a way that has no counterpart');
    return holds(term);
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #takes(symbol: string): boolean {
    if (this.#next.kind !== 'symbol' || this.#next.value !== symbol) return false;
    this.#at += 1;
    return true;
  }

  #demand(symbol: string): void {
    if (!this.#takes(symbol)) throw new Untranslatable('is written in a way that has no counterpart');
  }

  #or(): Term {
    let left = this.#and();
    while (this.#takes('||')) left = condition(`(${holds(left)}) or (${holds(this.#and())})`);
    return left;
  }

  #and(): Term {
    let left = this.#comparison();
    while (this.#takes('&&')) left = condition(`(${holds(left)}) and (${holds(this.#comparison())})`);
    return left;
  }

  #comparison(): Term {
    const left = this.#unary();
    for (const symbol of ['===', '!==', '==', '!=', '<=', '>=', '<', '>']) {
      if (this.#takes(symbol)) return compared(left, symbol.slice(0, symbol.length > 2 ? 2 : undefined), this.#unary());
    }
    return left;
  }

  #unary(): Term {
    if (this.#takes('!')) return condition(`not (${holds(this.#unary())})`);
    if (this.#takes('-')) {
      const { text, type } = this.#unary();
      return { text: `-${text}`, type, constant: `-${text}` };
    }
    return this.#primary();
  }

  #primary(): Term {
    const token = this.#next;
    this.#at += 1;
    if (token.kind === 'text') return constant(token.value);
    if (token.kind === 'number') return { text: token.value, type: 'number', constant: token.value };
    if (token.kind === 'symbol' && token.value === '(') {
      const inner = this.#or();
      this.#demand(')');
      return inner.type === 'condition' ? condition(`(${inner.text})`) : inner;
    }
    if (token.kind === 'symbol' && token.value === '[') return this.#list();
    if (token.kind === 'name') return this.#named(token.value);
    throw new Untranslatable('is written in a way that has no counterpart');
  }

  #list(): Term {
    const items: Term[] = [];
    while (!this.#takes(']')) {
      items.push(this.#unary());
      if (!this.#takes(',')) {
        this.#demand(']');
        break;
      }
    }
    const list: Term = { text: '', type: 'list', items };
    if (!this.#takes('.')) return list;
    const method = this.#next.value;
    this.#at += 1;
    if (method !== 'includes') throw new Untranslatable(`calls ${method}`);
    this.#demand('(');
    const value = this.#unary();
    this.#demand(')');
    return within(value, items);
  }

  #named(name: string): Term {
    switch (name) {
      case 'true':
      case 'false':
        return { text: name, type: 'boolean', constant: name === 'true' ? '1' : '0' };
      case 'null':
      case 'undefined':
        return { text: 'null', type: 'null' };
      case 'in_list': {
        this.#demand('(');
        const { items } = this.#unary();
        this.#demand(',');
        const value = this.#unary();
        this.#demand(')');
        if (items === undefined) throw new Untranslatable('is written in a way that has no counterpart');
        return within(value, items);
      }
      case 'doc':
        return this.#member(this.#scope.field, '');
      case 'parent':
        if (this.#scope.parent === null) throw new Untranslatable('asks for the owner of a record that is no row');
        return this.#member(this.#scope.parent, 'parent.');
      default:
        throw new Untranslatable(`uses ${name}, which a program provides`);
    }
  }

  #member(fieldOf: (name: string) => ConditionField | undefined, prefix: string): Term {
    this.#demand('.');
    const { value: name } = this.#next;
    this.#at += 1;
    if (name === '__islocal') return condition(`${prefix}id == null`);
    if (name === 'docstatus' && (this.#scope.isDocument || prefix !== ''))
      return { text: `${prefix}stage`, type: 'stage' };
    const field = fieldOf(name);
    if (field === undefined) throw new Untranslatable('names a field that is not there');
    const term = { text: prefix + field.name, type: field.type, field };
    if (!this.#takes('.')) return term;
    const { value: member } = this.#next;
    this.#at += 1;
    if (member === 'length' && (field.type === 'lines' || field.type === 'links'))
      return { text: `count(${term.text})`, type: 'number' };
    throw new Untranslatable(`calls ${member}`);
  }
}

function condition(text: string): Term {
  return { text, type: 'condition' };
}

function constant(value: string): Term {
  return { text: quoted(value), type: 'text', constant: value };
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

function compared(left: Term, operator: string, right: Term): Term {
  if (left.constant !== undefined && right.constant === undefined) return compared(right, flipped(operator), left);
  if (right.constant === undefined && right.type !== 'null') return condition(`${left.text} ${operator} ${right.text}`);
  if (right.type === 'null') return condition(`${left.text} ${operator} null`);
  const value = right.constant ?? '';
  if (left.type === 'stage') return stageCompared(left, operator, value);
  if (left.type === 'condition') return booleanCompared(left, operator, value);
  if (left.type === 'boolean') return booleanCompared(left, operator, value);
  if (value === '') return condition(operator === '==' ? `not (${holds(left)})` : holds(left));
  const options = left.field?.options ?? null;
  if (options !== null) {
    const ours = options.get(value);
    if (ours === undefined) throw new Untranslatable('compares with a choice that is not there');
    return condition(`${left.text} ${operator} ${quoted(ours)}`);
  }
  if (left.type === 'link') throw new Untranslatable('compares a link with the name of a record');
  const isNumber = NUMBERS.has(left.type);
  if (isNumber && !/^-?\d+(\.\d+)?$/.test(value)) throw new Untranslatable('compares a number with a text');
  return condition(`${left.text} ${operator} ${isNumber ? value : quoted(value)}`);
}

function flipped(operator: string): string {
  return { '<': '>', '>': '<', '<=': '>=', '>=': '<=' }[operator] ?? operator;
}

function stageCompared({ text }: Term, operator: string, value: string): Term {
  const stage = STAGES[value];
  if (stage === undefined || (operator !== '==' && operator !== '!=')) {
    if (operator === '<' && value === '1') return condition(`${text} == 'draft'`);
    if (operator === '>' && value === '0') return condition(`${text} != 'draft'`);
    throw new Untranslatable('compares the stage of a document with what is none');
  }
  return condition(`${text} ${operator} '${stage}'`);
}

function booleanCompared({ text }: Term, operator: string, value: string): Term {
  const isTrue = value !== '0' && value !== '' && value !== 'false';
  if (operator !== '==' && operator !== '!=') throw new Untranslatable('compares yes or no by size');
  return condition((operator === '==') === isTrue ? text : `not (${text})`);
}

function within(value: Term, items: readonly Term[]): Term {
  if (items.length === 0) throw new Untranslatable('asks for one of no values');
  return condition(items.map((item) => `(${compared(value, '==', item).text})`).join(' or '));
}
