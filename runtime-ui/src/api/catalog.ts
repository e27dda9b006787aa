import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import { currentLocale } from '../i18n/i18n.ts';
import type { Answer } from './answers.ts';
import { api } from './client.ts';
import { queryKeys } from './query-keys.ts';

export interface BusinessType {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly icon: string;
  /** `#rrggbb` */
  readonly color: string;
}

export interface CatalogModule {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly icon: string;
  readonly version: string;
  readonly is_core: boolean;
  /** Slugs of the modules it needs. */
  readonly dependencies: readonly string[];
}

/** 1 high, 2 medium, 3 low */
export type Priority = 1 | 2 | 3;

export interface Recommendation {
  readonly id: string;
  readonly priority: Priority;
  readonly is_required: boolean;
  readonly because: string | null;
  readonly module: CatalogModule;
}

export interface SettingsSchema {
  readonly properties: Readonly<Record<string, SettingSchema>>;
}

/** One setting, as JSON Schema. */
export interface SettingSchema {
  readonly type?: string | readonly string[];
  readonly oneOf?: readonly { readonly const: string; readonly title: string }[];
  readonly title: string;
  readonly description?: string;
  readonly default?: SettingValue;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

export type SettingValue = string | number | boolean | null;

/** A module that the company has, or had. */
export interface CompanyModule {
  readonly id: string;
  readonly module: CatalogModule;
  readonly is_active: boolean;
  /** RFC 3339 */
  readonly activated_at: string | null;
  readonly configuration: Readonly<Record<string, SettingValue>>;
  readonly settings_schema: SettingsSchema | null;
}

const CATALOG_FRESH_MS = 3_600_000;

async function readList<T>(path: string): Promise<readonly T[]> {
  return (await api.get<Answer<readonly T[]>>(path)).data;
}

export function useBusinessTypes() {
  return useQuery(
    computed(() => ({
      queryKey: queryKeys.businessTypes(currentLocale()),
      queryFn: () => readList<BusinessType>('/business-types'),
      staleTime: CATALOG_FRESH_MS,
    })),
  );
}

export function useCatalogModules() {
  return useQuery(
    computed(() => ({
      queryKey: queryKeys.modules(currentLocale()),
      queryFn: () => readList<CatalogModule>('/modules'),
      staleTime: CATALOG_FRESH_MS,
    })),
  );
}

/** The modules for a trade, the most important first; none without a trade. */
export function useRecommendations(businessType: MaybeRefOrGetter<string | null>) {
  return useQuery(
    computed(() => {
      const key = toValue(businessType);
      return {
        queryKey: queryKeys.recommendations(key ?? '', currentLocale()),
        queryFn: () => readList<Recommendation>(`/business-types/${encodeURIComponent(key ?? '')}/recommendations`),
        enabled: key !== null,
        staleTime: CATALOG_FRESH_MS,
      };
    }),
  );
}

export function useCompanyModules() {
  return useQuery(
    computed(() => ({
      queryKey: queryKeys.companyModules(currentLocale()),
      queryFn: () => readList<CompanyModule>('/user-modules'),
    })),
  );
}

/** Activates a module and whatever it needs; answers the slugs of all that became active. */
export async function activateModule(slug: string): Promise<readonly string[]> {
  const answer = await api.post<{ readonly meta: { readonly activated: readonly string[] } }>('/user-modules', {
    module: slug,
  });
  return answer.meta.activated;
}

/** Throws ApiProblem 409 while another active module needs it. */
export function deactivateModule(id: string): Promise<void> {
  return api.delete(`/user-modules/${id}`);
}

export function configureModule(id: string, configuration: Readonly<Record<string, SettingValue>>): Promise<unknown> {
  return api.patch(`/user-modules/${id}`, { configuration });
}
