import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import type { RouteLocationRaw } from 'vue-router';
import type { ScreenModule } from '../../../engine/src/compiler/screen.ts';
import { useModel } from '../metadata/model.ts';
import { useReports } from '../reports/report-api.ts';

/** An entry of the menu that leads somewhere the person may go. */
export interface MenuLink {
  readonly key: string;
  readonly label: string;
  readonly icon: string;
  readonly group: string | null;
  readonly entity: string | null;
  readonly report: string | null;
  readonly to: RouteLocationRaw;
}

/** The menus of modules with the reports that are open to the person; others are left out. */
export function useShownMenu(): {
  readonly menuOf: (module: ScreenModule) => readonly MenuLink[];
  /** Whether there is any report to be seen. */
  readonly hasReports: ComputedRef<boolean>;
} {
  const { model } = useModel();
  const isWanted = computed(() =>
    (model.value?.modules ?? []).some(({ menu }) => menu.some(({ report }) => report !== null)),
  );
  const { data } = useReports(() => isWanted.value);
  const reports = computed(() => new Map((data.value ?? []).map((report) => [report.name, report])));

  function menuOf(module: ScreenModule): readonly MenuLink[] {
    return module.menu.flatMap(({ label, icon, group, entity, report }): readonly MenuLink[] => {
      const shared = { icon, group, entity, report };
      if (entity !== null) return [{ ...shared, key: entity, label, to: { name: 'record-list', params: { entity } } }];
      const found = reports.value.get(report ?? '');
      if (found === undefined) return [];
      const own = { label: label === '' ? found.label : label, icon: found.icon ?? icon };
      return [
        { ...shared, ...own, key: `report ${found.name}`, to: { name: 'report', params: { report: found.name } } },
      ];
    });
  }
  return { menuOf, hasReports: computed(() => reports.value.size > 0) };
}
