import { useQueries } from '@tanstack/vue-query';
import { refDebounced } from '@vueuse/core';
import { computed } from 'vue';
import type { Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { RouteLocationRaw } from 'vue-router';
import { chooseTheme } from './chosen-theme.ts';
import { isShortcutSheetOpen } from './navigation.ts';
import { recentEntities } from './recent-entities.ts';
import { useShownMenu } from './shown-menu.ts';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryKeys } from '../api/query-keys.ts';
import { mayCreate, useModel } from '../metadata/model.ts';
import { useSession } from '../session/session.ts';
import { isDark } from '../theme/theme.ts';

/** Something that the command palette finds. */
export interface PaletteEntry {
  readonly key: string;
  readonly label: string;
  /** Where it belongs: a module, a kind of record. */
  readonly context: string;
  /** Name of an icon of the metadata. */
  readonly icon: string;
  readonly to?: RouteLocationRaw;
  readonly run?: () => void;
}

export interface PaletteGroup {
  readonly title: string;
  readonly entries: readonly PaletteEntry[];
}

const SEARCH_DELAY_MS = 350;
const SEARCH_LENGTH_MIN = 2;
/** Each kind of record is a request. */
const SEARCHED_ENTITIES_MAX = 6;
const SEARCHED_RECENT_MAX = 3;
const FOUND_PER_ENTITY = 4;
const SHOWN_PER_GROUP = 6;

interface Found {
  readonly data: readonly { readonly id: string; readonly _title?: string }[];
}

/** Kinds of record that turned out to have no fields to search. */
const unsearchable = new Set<string>();

async function findRecords(entity: string, text: string): Promise<Found> {
  try {
    const query = { search: text, titles: true, 'page[size]': FOUND_PER_ENTITY };
    return await api.get<Found>(`/records/${entity}`, { query });
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 400) unsearchable.add(entity);
    throw error;
  }
}

/** Whether every word of a search begins a word of a label. */
export function matches(search: string, ...texts: readonly string[]): boolean {
  const words = texts
    .join(' ')
    .toLocaleLowerCase()
    .split(/[\s\-/·]+/);
  return search
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)));
}

/** What the palette offers for what was typed: screens, actions, and records of the kinds used last or begun with. */
export function usePaletteEntries(search: Ref<string>) {
  const { t } = useI18n();
  const session = useSession();
  const { model } = useModel();
  const { menuOf, hasReports } = useShownMenu();
  const settled = refDebounced(search, SEARCH_DELAY_MS);

  const screens = computed<readonly PaletteEntry[]>(() => {
    const fixed: readonly (readonly [name: string, label: string, icon: string, isForAdmins: boolean])[] = [
      ['dashboard', t('nav.dashboard'), 'home', false],
      ...(hasReports.value ? [['reports', t('nav.reports'), 'chart-bar', false] as const] : []),
      ['modules', t('nav.modules'), 'squares-2x2', true],
      ['profile', t('nav.profile'), 'user-circle', false],
      ['settings', t('nav.settings'), 'cog-6-tooth', true],
    ];
    const lists = (model.value?.modules ?? []).flatMap((module) =>
      menuOf(module).map((item) => ({
        key: `list ${item.key}`,
        label: item.label,
        context: module.name,
        icon: item.icon,
        to: item.to,
        entity: item.entity,
      })),
    );
    const general = fixed
      .filter(([, , , isForAdmins]) => !isForAdmins || session.isAdmin)
      .map(([name, label, icon]) => ({ key: `screen ${name}`, label, context: '', icon, to: { name } }));
    const isRecent = ({ entity }: (typeof lists)[number]): boolean =>
      entity !== null && recentEntities.value.includes(entity);
    return [...lists.filter(isRecent), ...lists.filter((entry) => !isRecent(entry)), ...general];
  });

  const actions = computed<readonly PaletteEntry[]>(() => [
    ...(model.value?.modules ?? []).flatMap((module) =>
      module.menu.flatMap(({ entity }) => {
        const name = model.value?.entities[entity ?? ''];
        if (entity === null || name === undefined || !mayCreate(name)) return [];
        const to = { name: 'record-new', params: { entity } };
        return [
          {
            key: `new ${entity}`,
            label: t('palette.new', { entity: name.label }),
            context: module.name,
            icon: 'plus',
            to,
          },
        ];
      }),
    ),
    {
      key: 'theme',
      label: t(isDark.value ? 'palette.light' : 'palette.dark'),
      context: '',
      icon: isDark.value ? 'sun' : 'moon',
      run: () => void chooseTheme(isDark.value ? 'light' : 'dark'),
    },
    {
      key: 'shortcuts',
      label: t('shortcuts.title'),
      context: '',
      icon: 'command-line',
      run: () => (isShortcutSheetOpen.value = true),
    },
  ]);

  const searched = computed(() => {
    const leading = (model.value?.modules ?? []).flatMap(({ firstSteps }) => firstSteps);
    const recent = recentEntities.value.slice(0, SEARCHED_RECENT_MAX);
    const known = [...new Set([...recent, ...leading.toReversed()])].filter(
      (entity) => model.value?.entities[entity] !== undefined && !unsearchable.has(entity),
    );
    return settled.value.trim().length < SEARCH_LENGTH_MIN ? [] : known.slice(0, SEARCHED_ENTITIES_MAX);
  });

  const found = useQueries({
    queries: computed(() =>
      searched.value.map((entity) => {
        const text = settled.value.trim();
        return {
          queryKey: queryKeys.search(entity, text),
          queryFn: () => findRecords(entity, text),
        };
      }),
    ),
  });

  const records = computed<readonly PaletteEntry[]>(() =>
    searched.value.flatMap((entity, index) => {
      const name = model.value?.entities[entity];
      return (found.value[index]?.data?.data ?? []).map((record) => ({
        key: `record ${entity} ${record.id}`,
        label: record._title ?? record.id,
        context: name?.label ?? '',
        icon: name?.icon ?? '',
        to: { name: 'record', params: { entity, id: record.id } },
      }));
    }),
  );

  const isSearching = computed(() => found.value.some(({ isFetching }) => isFetching));

  const groups = computed<readonly PaletteGroup[]>(() => {
    const fitting = (entries: readonly PaletteEntry[]): readonly PaletteEntry[] =>
      entries.filter(({ label, context }) => matches(search.value, label, context)).slice(0, SHOWN_PER_GROUP);
    return [
      { title: t('palette.records'), entries: records.value },
      { title: t('palette.screens'), entries: fitting(screens.value) },
      { title: t('palette.actions'), entries: fitting(actions.value) },
    ].filter(({ entries }) => entries.length > 0);
  });

  return { groups, isSearching };
}
