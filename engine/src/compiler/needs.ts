import type { TypedExpression } from '../expression/ast.ts';
import { dependenciesOf } from '../expression/dependencies.ts';
import { fieldsMeant } from './computation.ts';
import type { DeriveField, LinkNeeds } from './computation.ts';

type DependencyPath = ReturnType<typeof dependenciesOf>[number]['path'];
type TargetOf = (entity: string, field: string) => string;

interface Draft {
  readonly link: string;
  readonly target: string;
  readonly fields: Set<string>;
  readonly nested: Map<string, Draft>;
}

/** Gathers, over many expressions, which fields of which linked records must be loaded before they can run. */
export class NeedsGatherer {
  readonly #self = new Map<string, Draft>();
  readonly #lines = new Map<string, Map<string, Draft>>();

  readonly #targetOf: TargetOf;

  constructor(targetOf: TargetOf) {
    this.#targetOf = targetOf;
  }

  /** @param lines the lines field whose rows are `self` of the expression; null when the record itself is */
  add(expression: TypedExpression, lines: string | null): void {
    for (const { frame, path } of dependenciesOf(expression)) this.#follow(path, frame === 'self' ? lines : null);
  }

  /**
   * An expression of a derived row. The row does not exist yet when links are loaded, but its key will be a value of
   * `by` among the grouped rows: what it reads through its key is loaded through theirs.
   */
  addDerived(
    expression: TypedExpression,
    derived: {
      /** The link of the record to the one that has these rows; null where they are its own. */
      readonly through: string | null;
      readonly from: string;
      /** Entity of the rows of `from`. */
      readonly rows: string;
      readonly by: readonly DeriveField[];
      readonly key: string;
    },
  ): void {
    for (const { frame, path } of dependenciesOf(expression)) {
      const [first, ...further] = path;
      if (first === undefined) continue;
      if (frame === 'parent') this.#follow(path, null);
      else if (derived.through === null) {
        const fields = frame === 'group' ? fieldsMeant(derived.by, first.field) : keyFields(first, derived);
        for (const field of fields) {
          this.#follow([{ ...first, entity: derived.rows, field }, ...further], derived.from);
        }
      }
    }
  }

  /** The rows of a record that a link of this one leads to, whole. */
  addRows(entity: string, link: string, lines: string): void {
    const target = this.#targetOf(entity, link);
    this.#follow(
      [
        { entity, field: link, kind: 'link' },
        { entity: target, field: lines, kind: 'rows' },
      ],
      null,
    );
  }

  #follow(path: DependencyPath, lines: string | null): void {
    let rows = lines;
    let steps = path;
    if (steps[0]?.kind === 'rows') {
      rows = steps[0].field;
      steps = steps.slice(1);
    }
    let level = rows === null ? this.#self : mapOf(this.#lines, rows);
    let holder: Draft | null = null;
    for (const step of steps) {
      if (step.kind === 'link' && step !== steps.at(-1)) {
        let next = level.get(step.field);
        if (next === undefined) {
          next = {
            link: step.field,
            target: this.#targetOf(step.entity, step.field),
            fields: new Set(),
            nested: new Map(),
          };
          level.set(step.field, next);
        }
        holder?.fields.add(step.field);
        holder = next;
        level = next.nested;
      } else if (step.field !== 'id') holder?.fields.add(step.field);
    }
  }

  get needs(): readonly LinkNeeds[] {
    return [...this.#self.values()].map(freeze);
  }

  get lineNeeds(): Readonly<Record<string, readonly LinkNeeds[]>> {
    return Object.fromEntries([...this.#lines].map(([lines, level]) => [lines, [...level.values()].map(freeze)]));
  }
}

/** What the key of a derived row takes its value from; nothing for its other fields. */
function keyFields(
  { field }: { readonly field: string },
  { by, key }: { readonly by: readonly DeriveField[]; readonly key: string },
): readonly string[] {
  return field === key ? by.map((each) => each.field) : [];
}

function mapOf(levels: Map<string, Map<string, Draft>>, lines: string): Map<string, Draft> {
  const level = levels.get(lines) ?? new Map<string, Draft>();
  levels.set(lines, level);
  return level;
}

function freeze(draft: Draft): LinkNeeds {
  return {
    link: draft.link,
    target: draft.target,
    fields: [...draft.fields],
    nested: [...draft.nested.values()].map(freeze),
  };
}
