import { partsOf } from './parts.ts';
import type { PathStep, RowsSource, TypedExpression } from './ast.ts';

/** A place that an expression reads: a field of a frame, or one reached from there through rows and links. */
export interface Dependency {
  readonly frame: 'self' | 'parent' | 'group';
  readonly path: readonly PathStep[];
}

/** Every place an expression reads, each once, in the order of the expression. Rows stand with their `rows` step. */
export function dependenciesOf(expression: TypedExpression): readonly Dependency[] {
  const found = new Map<string, Dependency>();
  collect(expression, null, (dependency) => {
    const key = `${dependency.frame}/${dependency.path.map(({ entity, field, kind }) => `${entity}.${field}:${kind}`).join('/')}`;
    if (!found.has(key)) found.set(key, dependency);
  });
  return [...found.values()];
}

function collect(expression: TypedExpression, rows: RowsSource | null, note: (dependency: Dependency) => void): void {
  if (expression.node === 'path') note({ frame: expression.frame, path: expression.path });
  if (expression.node === 'row-path' && rows !== null) {
    note({ frame: rows.frame, path: [...stepsOf(rows), ...expression.path] });
  }
  if (expression.node === 'aggregate' && expression.rows.frame !== 'group') {
    note({ frame: expression.rows.frame, path: [expression.rows.step] });
  }
  const within = expression.node === 'aggregate' ? expression.rows : rows;
  for (const part of partsOf(expression)) collect(part, within, note);
}

function stepsOf(source: RowsSource): readonly PathStep[] {
  return source.frame === 'group' ? [] : [source.step];
}
