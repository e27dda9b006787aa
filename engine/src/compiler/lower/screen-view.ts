import type { PathStep, TypedExpression, TypedTemplate } from '../../expression/ast.ts';
import { dependenciesOf } from '../../expression/dependencies.ts';
import type { ComputationStep } from '../computation.ts';
import type { Entity } from '../model.ts';
import type { ScreenEntity, ScreenField } from '../screen.ts';

/** The fields that somebody sees and may write, of all records of an entity that they see. */
export interface FieldView {
  /** @param ofRow a field of the rows, where `name` is a lines field */
  sees(entity: Entity, name: string, ofRow: string | null): boolean;
  writes(entity: Entity, name: string, ofRow: string | null): boolean;
}

/**
 * The description of an entity without what is hidden: no field, no rule or computation that reads one, no name of one.
 * Fields that may not be written are read-only. What the browser cannot compute any more, the server does on saving.
 */
export function narrowedScreen(screen: ScreenEntity, entity: Entity, view: FieldView): ScreenEntity {
  const narrow = new Narrowing(entity, view);
  const names = (list: readonly string[]): readonly string[] => list.filter((name) => narrow.sees(name));
  const { schema, uischema } = screen.form;
  return {
    ...screen,
    title: narrow.title(screen.title),
    key: names(screen.key),
    picker: names(screen.picker),
    fields: screen.fields.flatMap((field) => narrow.field(field, null)),
    form: { schema: narrow.schema(schema), uischema: narrow.layout(uischema) },
    list: {
      ...screen.list,
      columns: names(screen.list.columns),
      filters: names(screen.list.filters),
      sort: screen.list.sort
        .split(',')
        .filter((name) => narrow.sees(name.replace('-', '')))
        .join(','),
    },
    lines: Object.fromEntries(
      Object.entries(screen.lines)
        .filter(([lines]) => narrow.sees(lines))
        .map(([lines, { fields, columns, ...rest }]) => [
          lines,
          {
            ...rest,
            fields: fields.flatMap((field) => narrow.field(field, lines)),
            columns: columns.filter((name) => narrow.sees(lines, name)),
          },
        ]),
    ),
    computation: {
      steps: screen.computation.steps.filter((step) => narrow.runs(step)),
      needs: screen.computation.needs.filter(({ link }) => narrow.sees(link)),
      lineNeeds: Object.fromEntries(
        Object.entries(screen.computation.lineNeeds).map(([lines, needs]) => [
          lines,
          needs.filter(({ link }) => narrow.sees(lines, link)),
        ]),
      ),
    },
  };
}

class Narrowing {
  readonly #entity: Entity;
  readonly #view: FieldView;

  constructor(entity: Entity, view: FieldView) {
    this.#entity = entity;
    this.#view = view;
  }

  sees(name: string, ofRow: string | null = null): boolean {
    return this.#view.sees(this.#entity, name, ofRow);
  }

  /** Whether everything that an expression over the record, or over a row of `lines`, reads is seen. */
  #isOpen(expression: TypedExpression, lines: string | null): boolean {
    return dependenciesOf(expression).every(({ frame, path }) => {
      const [first] = path;
      if (first === undefined) return true;
      return lines !== null && frame !== 'parent' ? this.sees(lines, first.field) : this.#seesPath(path);
    });
  }

  /** Whether everything is seen that an expression over rows of another record reads of this one. */
  #isOpenAround(expression: TypedExpression): boolean {
    return dependenciesOf(expression).every(({ frame, path }) => frame !== 'parent' || this.#seesPath(path));
  }

  /** A path that begins at the record: a field, or rows and a field of theirs. */
  #seesPath([first, second]: readonly PathStep[]): boolean {
    if (first === undefined) return true;
    const rows = first.kind === 'rows' && second !== undefined ? this.sees(first.field, second.field) : true;
    return this.sees(first.field) && rows;
  }

  title(title: TypedTemplate): TypedTemplate {
    return { parts: title.parts.filter((part) => typeof part === 'string' || this.#isOpen(part, null)) };
  }

  runs(step: ComputationStep): boolean {
    if (step.kind === 'derive') {
      const { through, from } = step;
      const reads = through === null ? step.by.every(({ field }) => this.sees(from, field)) : this.sees(through.link);
      const sets = step.set.every(({ expression, sum }) => {
        const isOpen = through === null ? this.#isOpen(expression, from) : this.#isOpenAround(expression);
        return isOpen && (sum === null || this.#isOpen(sum, null));
      });
      return this.sees(step.field) && reads && sets;
    }
    const { lines, field } = step;
    const isSeen = lines === null ? this.sees(field) : this.sees(lines, field);
    return isSeen && this.#isOpen(step.expression, lines);
  }

  /** The field as it is seen; none where it is hidden. */
  field(field: ScreenField, lines: string | null): readonly ScreenField[] {
    const [name, ofRow] = lines === null ? [field.name, null] : [lines, field.name];
    if (!this.sees(name, ofRow)) return [];
    const rule = <T extends boolean>(value: T | TypedExpression, otherwise: T): T | TypedExpression =>
      typeof value === 'boolean' || this.#isOpen(value, lines) ? value : otherwise;
    const holder = lines === null ? this.#entity : this.#entity.fieldByName.get(lines)?.target;
    const target = holder?.fieldByName.get(field.name)?.target ?? null;
    return [
      {
        ...field,
        required: rule(field.required, false),
        readOnly: this.#view.writes(this.#entity, name, ofRow) ? rule(field.readOnly, false) : true,
        visible: rule(field.visible, true),
        linkFields:
          target === null ? field.linkFields : field.linkFields.filter((each) => this.#view.sees(target, each, null)),
      },
    ];
  }

  schema(schema: ScreenEntity['form']['schema']): ScreenEntity['form']['schema'] {
    const properties = schema['properties'] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    const seen = Object.entries(properties).filter(([name]) => this.sees(name));
    return {
      ...schema,
      properties: Object.fromEntries(
        seen.map(([name, property]) => {
          const items = property['items'] as ScreenEntity['form']['schema'] | undefined;
          const rows = items === undefined || property['type'] !== 'array' ? null : this.#rowsSchema(name, items);
          const readOnly = this.#view.writes(this.#entity, name, null) ? {} : { readOnly: true };
          return [name, { ...property, ...(rows === null ? {} : { items: rows }), ...readOnly }];
        }),
      ),
      required: (schema['required'] as readonly string[]).filter((name) => this.sees(name)),
    };
  }

  #rowsSchema(lines: string, items: ScreenEntity['form']['schema']): ScreenEntity['form']['schema'] {
    const properties = items['properties'] as Readonly<Record<string, unknown>> | undefined;
    if (properties === undefined) return items;
    return {
      ...items,
      properties: Object.fromEntries(Object.entries(properties).filter(([name]) => this.sees(lines, name))),
      required: ((items['required'] ?? []) as readonly string[]).filter((name) => this.sees(lines, name)),
    };
  }

  layout(layout: ScreenEntity['form']['uischema']): ScreenEntity['form']['uischema'] {
    const groups = layout['elements'] as readonly { readonly elements: readonly { readonly scope: string }[] }[];
    const seen = groups.map((group) => ({
      ...group,
      elements: group.elements.filter(({ scope }) => this.sees(scope.split('/').at(-1) ?? '')),
    }));
    return { ...layout, elements: seen.filter(({ elements }) => elements.length > 0) };
  }
}
