import type { Answer } from '../../../runtime-ui/src/api/answers.ts';
import { api } from '../../../runtime-ui/src/api/client.ts';
import type { Diagnostic } from '../../../engine/src/metamodel/diagnostic.ts';
import type { ServerDocument } from '../workspace/draft-api.ts';

export interface PlanStep {
  readonly kind: string;
  readonly table: string;
  readonly names: readonly string[];
  readonly description: string;
  /** About how many rows it touches. */
  readonly rows: number;
  readonly blocks: 'nobody' | 'writers' | 'everybody';
}

export interface PlanRisk {
  readonly kind: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly examples: readonly string[];
}

export interface Plan {
  /** Null when it cannot be applied. */
  readonly plan_id: string | null;
  readonly changes: readonly {
    readonly kind: string;
    readonly name: string;
    readonly action: 'add' | 'change' | 'remove';
  }[];
  readonly steps: readonly PlanStep[];
  readonly diagnostics: readonly Diagnostic[];
  readonly risks: readonly PlanRisk[];
}

export interface Version {
  readonly number: number;
  readonly at: string;
  readonly actor: { readonly name: string } | null;
  readonly note: string | null;
}

export async function planChanges(changes: readonly ServerDocument[], note: string | null): Promise<Plan> {
  return (await api.post<Answer<Plan>>('/metadata/plan', { changes, ...(note === null ? {} : { note }) })).data;
}

export async function applyPlan(id: string): Promise<{ readonly version: number }> {
  return (await api.post<Answer<{ readonly version: number }>>('/metadata/apply', { plan_id: id })).data;
}

export async function listVersions(): Promise<readonly Version[]> {
  return (await api.get<Answer<readonly Version[]>>('/metadata/versions')).data;
}

export interface VersionDetail extends Version {
  readonly changes: Plan['changes'];
  readonly modules_added: readonly string[];
  readonly modules_removed: readonly string[];
}

export async function readVersion(number: number): Promise<VersionDetail> {
  return (await api.get<Answer<VersionDetail>>(`/metadata/versions/${number}`)).data;
}

export async function restoreVersion(number: number): Promise<{ readonly version: number }> {
  return (await api.post<Answer<{ readonly version: number }>>(`/metadata/versions/${number}/restore`)).data;
}

export async function importPackage(body: unknown, isDryRun: boolean): Promise<Plan> {
  return (await api.post<Answer<Plan>>('/metadata/import', body, { query: { dry_run: isDryRun } })).data;
}
