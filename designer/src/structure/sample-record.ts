import { useQuery } from '@tanstack/vue-query';
import { computed, toValue } from 'vue';
import type { MaybeRefOrGetter } from 'vue';
import { api } from '../../../runtime-ui/src/api/client.ts';
import { ApiProblem } from '../../../runtime-ui/src/api/problem.ts';
import { useWorkspace } from '../workspace/workspace.ts';

type SampleRecord = Readonly<Record<string, unknown>> & { readonly id: string };

const FRESH_MS = 60_000;

/** The latest record of an entity with what its links lead to, to try things on; null where there is none. */
export function useSampleRecord(entity: MaybeRefOrGetter<string | null>) {
  const workspace = useWorkspace();
  /** Rows are tried out on their owner's record. */
  const source = computed(() => {
    const name = toValue(entity);
    return name === null ? null : (workspace.outline.entities[name]?.owner ?? name);
  });
  return useQuery({
    queryKey: computed(() => ['sample', source.value, workspace.version]),
    queryFn: () => readSample(source.value),
    staleTime: FRESH_MS,
    retry: false,
  });
}

async function readSample(entity: string | null): Promise<SampleRecord | null> {
  if (entity === null) return null;
  try {
    const { data } = await api.get<{ readonly data: readonly SampleRecord[] }>(`/records/${entity}`, {
      query: { 'page[size]': 1, sort: '-id' },
    });
    const [latest] = data;
    if (latest === undefined) return null;
    const links = Object.entries(latest)
      .filter(
        ([name, value]) => !name.startsWith('_') && typeof value === 'string' && /^\d+$/.test(value) && name !== 'id',
      )
      .map(([name]) => name);
    return await withLinks(entity, latest, links);
  } catch (error) {
    // An entity that is not published yet, or that the admin may not read, has no sample.
    if (error instanceof ApiProblem) return null;
    throw error;
  }
}

/** Embeds what can be embedded; what only looks like a link stays as it is. */
async function withLinks(entity: string, record: SampleRecord, links: readonly string[]): Promise<SampleRecord> {
  const { data: fields } = await api.get<{
    readonly data: { readonly fields: readonly { name: string; type: string }[] };
  }>(`/metadata/entities/${entity}`);
  const real = fields.fields
    .filter(({ name, type }) => (type === 'link' && links.includes(name)) || type === 'lines')
    .map(({ name }) => name);
  if (real.length === 0) return record;
  const { data } = await api.get<{ readonly data: SampleRecord }>(`/records/${entity}/${record.id}`, {
    query: { include: real.join(',') },
  });
  return data;
}
