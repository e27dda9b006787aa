import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';

/** A list that somebody arranged and kept. `query` is the query of its address. */
export interface SavedView {
  readonly id: string;
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
  readonly is_shared: boolean;
  readonly is_own: boolean;
}

export async function listViews(entity: string): Promise<readonly SavedView[]> {
  return (await api.get<Answer<readonly SavedView[]>>('/views', { query: { entity } })).data;
}

export async function saveView(view: {
  readonly entity: string;
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
  readonly is_shared: boolean;
}): Promise<SavedView> {
  return (await api.post<Answer<SavedView>>('/views', view)).data;
}

export async function deleteView(id: string): Promise<void> {
  await api.delete(`/views/${id}`);
}
