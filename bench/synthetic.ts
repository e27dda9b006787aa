import type { SourceFile, SourceLayer } from '../engine/src/compiler/source-layer.ts';

const MODULES = 20;

/** A field of each kind that companies use, four of ten computed or checked. */
function fieldsOf(entity: string, target: string | null, count: number): Record<string, unknown> {
  const label = (name: string): unknown => ({ en: name, id: name });
  const fields: Record<string, unknown> = {
    name: { type: 'text', label: label('Name'), required: true, maxLength: 140, search: true },
    partner:
      target === null
        ? { type: 'text', label: label('Partner'), maxLength: 80 }
        : { type: 'link', label: label('Partner'), to: target },
  };
  for (let index = 0; Object.keys(fields).length < count; index += 1) {
    const before = index < 5 ? [] : [`value_${index - 1}`, `value_${index - 5}`];
    const name = `value_${index}`;
    switch (index % 5) {
      case 0:
        fields[name] = { type: 'decimal', label: label(name), scale: 2, default: '0', min: 0 };
        break;
      case 1:
        fields[name] = { type: 'quantity', label: label(name), required: true, default: '1' };
        break;
      case 2:
        fields[name] = {
          type: 'money',
          label: label(name),
          computed: `round(value_${index - 1} * value_${index - 2}, 2)`,
        };
        break;
      case 3:
        fields[name] = { type: 'date', label: label(name), default: 'today()', index: index === 3 };
        break;
      default:
        fields[name] = {
          type: 'text',
          label: label(name),
          maxLength: 200,
          computed:
            before.length === 0
              ? `concat(name, ' ${entity}')`
              : `if(value_${index - 2} > 100, concat(name, '!'), coalesce(value_${index - 5}, name))`,
        };
    }
  }
  return fields;
}

/** The metadata of a company with many entities, spread over modules that build on each other. */
export function syntheticLayers(entities: number, fieldsPerEntity: number): readonly SourceLayer[] {
  const perModule = Math.ceil(entities / MODULES);
  return Array.from({ length: MODULES }, (_, module): SourceLayer => {
    const slug = `part${module}`;
    const files: SourceFile[] = [
      json('module.json', {
        module: slug,
        name: { en: slug, id: slug },
        version: '1.0.0',
        category: 'core',
        dependencies: module === 0 ? [] : [`part${module - 1}`],
      }),
    ];
    for (let index = 0; index < perModule; index += 1) {
      const target = index > 0 ? `${slug}.thing${index - 1}` : module > 0 ? `part${module - 1}.thing0` : null;
      files.push(
        json(`entities/thing${index}.json`, {
          entity: `${slug}.thing${index}`,
          kind: 'master',
          label: { en: `Thing ${index}`, id: `Hal ${index}` },
          label_plural: { en: `Things ${index}`, id: `Hal ${index}` },
          title: '{name}',
          key: ['name'],
          sort: ['name'],
          fields: fieldsOf(`thing${index}`, target, fieldsPerEntity),
          checks: [{ that: 'value_0 <= 1000000', message: { en: 'Too much', id: 'Terlalu banyak' }, at: 'value_0' }],
          list: { columns: ['name', 'partner', 'value_0', 'value_2'], filters: ['partner'] },
        }),
      );
    }
    return { kind: 'module', name: slug, files };
  });
}

function json(path: string, document: unknown): SourceFile {
  return { path, text: JSON.stringify(document, undefined, 2) };
}
