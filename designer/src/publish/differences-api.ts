import type { DocumentKind } from '../../../engine/src/compiler/kinds.ts';
import type { Answer } from '../../../runtime-ui/src/api/answers.ts';
import { api } from '../../../runtime-ui/src/api/client.ts';

/** A place where the company differs from its modules. */
export interface CompanyDifference {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly pointer: string;
  readonly standard: unknown;
  readonly said: unknown;
  /** What the standard said when the company differed. */
  readonly was: unknown;
  readonly is_conflict: boolean;
}

export const DIFFERENCES_KEY = ['differences'];

export async function listDifferences(): Promise<readonly CompanyDifference[]> {
  return (await api.get<Answer<readonly CompanyDifference[]>>('/metadata/differences')).data;
}

export async function keepDifference({ kind, name, pointer }: CompanyDifference): Promise<void> {
  await api.post('/metadata/differences/keep', { kind, name, pointer });
}
