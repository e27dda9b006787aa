import { GraphQLError, Kind } from 'graphql';
import type {
  ASTVisitor,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
  ValidationContext,
} from 'graphql';

/** Levels of selections in one operation. */
export const DEPTH_MAX = 12;
/** Fields with another name than their own: each is one more call of a resolver. */
export const ALIASES_MAX = 30;
/** Fields of one operation, each as often as the pages around it can have records. */
export const COST_MAX = 20_000;
/** Fields and spreads of one operation as it is written, fragments unfolded; measuring takes no more steps than these. */
const FIELDS_MAX = 2_000;
/** What a page holds when nothing else is said; see REST. */
const PAGE_SIZE_DEFAULT = 20;
const PAGE_SIZE_MAX = 200;
/** The records of a page stand below these. */
const PAGE_FIELDS: readonly string[] = ['nodes', 'edges'];
/** Operations that one document may hold; one of them runs. */
const OPERATIONS_MAX = 10;

/** Refuses operations that are too deep, too wide or too dear before anything runs (promise I3). */
export function limitsRule(variables: Readonly<Record<string, unknown>>): (context: ValidationContext) => ASTVisitor {
  return (context) => ({
    Document(document) {
      const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
      if (operations.length > OPERATIONS_MAX) tooMuch(context, 'operations', OPERATIONS_MAX);
    },
    OperationDefinition(operation) {
      const measure = new Measure(context, variables, operation);
      measure.selections(operation.selectionSet, 1, 1, PAGE_SIZE_DEFAULT);
      if (measure.depth > DEPTH_MAX) tooMuch(context, 'levels', DEPTH_MAX);
      if (measure.aliases > ALIASES_MAX) tooMuch(context, 'aliases', ALIASES_MAX);
      if (measure.cost > COST_MAX) tooMuch(context, 'fields and records', COST_MAX);
      if (measure.fields > FIELDS_MAX) tooMuch(context, 'fields', FIELDS_MAX);
      return false;
    },
  });
}

function tooMuch(context: ValidationContext, what: string, maximum: number): void {
  const message = `The operation has too many ${what}: at most ${maximum}.`;
  context.reportError(new GraphQLError(message, { extensions: { code: 'too-complex' } }));
}

class Measure {
  depth = 0;
  aliases = 0;
  cost = 0;
  fields = 0;
  readonly #context: ValidationContext;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #entered = new Set<string>();

  constructor(
    context: ValidationContext,
    variables: Readonly<Record<string, unknown>>,
    { variableDefinitions = [] }: OperationDefinitionNode,
  ) {
    this.#context = context;
    const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)]] : [],
    );
    this.#variables = { ...(Object.fromEntries(defaults) as Record<string, unknown>), ...variables };
  }

  /**
   * @param times how often these selections are resolved
   * @param page how many records a page among them can have
   */
  selections(set: SelectionSetNode, depth: number, times: number, page: number): void {
    this.depth = Math.max(this.depth, depth);
    if (depth > DEPTH_MAX) return;
    for (const selection of set.selections) {
      // What is beyond every limit need not be measured to its end. Spreads count too: fragments that hold nothing but
      // fragments would otherwise double the work with each of them.
      if (this.fields > FIELDS_MAX) return;
      this.fields += 1;
      if (selection.kind === Kind.FIELD) this.#field(selection, depth, times, page);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.selections(selection.selectionSet, depth, times, page);
      else this.#fragment(this.#context.getFragment(selection.name.value), depth, times, page);
    }
  }

  /** A fragment that leads back into itself is refused by a rule of the standard; here it must only end. */
  #fragment(fragment: FragmentDefinitionNode | null | undefined, depth: number, times: number, page: number): void {
    const name = fragment?.name.value;
    if (fragment === null || fragment === undefined || name === undefined || this.#entered.has(name)) return;
    this.#entered.add(name);
    this.selections(fragment.selectionSet, depth, times, page);
    this.#entered.delete(name);
  }

  #field(field: FieldNode, depth: number, times: number, page: number): void {
    const name = field.name.value;
    this.cost += times;
    if (field.alias !== undefined && field.alias.value !== name) this.aliases += 1;
    if (field.selectionSet === undefined) return;
    const below = PAGE_FIELDS.includes(name) ? times * page : times;
    this.selections(field.selectionSet, name.startsWith('__') ? depth : depth + 1, below, this.#sizeOf(field));
  }

  #sizeOf(field: FieldNode): number {
    const first = field.arguments?.find(({ name }) => name.value === 'first')?.value;
    if (first?.kind === Kind.INT) return clamped(Number(first.value));
    if (first?.kind === Kind.VARIABLE) return clamped(Number(this.#variables[first.name.value] ?? PAGE_SIZE_DEFAULT));
    return PAGE_SIZE_DEFAULT;
  }
}

function clamped(size: number): number {
  return Number.isFinite(size) ? Math.min(Math.max(size, 1), PAGE_SIZE_MAX) : PAGE_SIZE_MAX;
}
