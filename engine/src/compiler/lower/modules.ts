import { toText } from '../../metamodel/text.ts';
import type { LinkedModule } from '../link-modules.ts';
import { humanize } from '../humanize.ts';
import type { MenuItem, Module, SettingField } from '../model.ts';

export function lowerModules(modules: readonly LinkedModule[]): readonly Module[] {
  return modules.map(({ slug, source, dependencies }) => ({
    slug,
    version: source.version,
    name: toText(source.name),
    description: toText(source.description ?? ''),
    category: source.category,
    icon: source.icon ?? 'cube',
    isCore: source.is_core === true,
    sortOrder: source.sort_order ?? 100,
    dependencies,
    firstSteps: source.first_steps ?? [],
    menu: (source.menu ?? []).flatMap((item): readonly MenuItem[] =>
      item.entity === undefined && item.report === undefined
        ? []
        : [
            {
              label: item.label === undefined ? null : toText(item.label),
              icon: item.icon ?? null,
              entity: item.entity ?? null,
              report: item.report ?? null,
              group: item.group === undefined ? null : toText(item.group),
            },
          ],
    ),
    settings: Object.entries(source.settings ?? {}).map(([name, setting]): SettingField => ({
      name,
      type: setting.type,
      label: toText(setting.label ?? humanize(name)),
      help: setting.help === undefined ? null : toText(setting.help),
      default: setting.default ?? null,
      options: (setting.options ?? []).map((option) =>
        typeof option === 'string'
          ? { value: option, label: toText(humanize(option)) }
          : { value: option.value, label: toText(option.label ?? humanize(option.value)) },
      ),
      min: setting.min === undefined ? null : String(setting.min),
      max: setting.max === undefined ? null : String(setting.max),
    })),
  }));
}
