import type { DocumentKind } from '../../../engine/src/compiler/kinds.ts';
import type { Body } from '../../../engine/src/compiler/parse.ts';
import type { Answer } from '../../../runtime-ui/src/api/answers.ts';
import { api } from '../../../runtime-ui/src/api/client.ts';
import type { StandardLayer } from '../compiler/protocol.ts';

/** A document of the company's layer as the server speaks of it; null takes it out of the layer. */
export interface ServerDocument {
  readonly kind: DocumentKind;
  readonly name: string;
  readonly document: Body | null;
}

export interface DraftDocument extends ServerDocument {
  readonly revision: number;
  readonly author: string;
}

/** Somebody who has the designer open. */
export interface Presence {
  readonly id: string;
  readonly name: string;
  readonly place: string | null;
}

export interface Draft {
  /** The version of the metadata that serves. */
  readonly version: number;
  readonly documents: readonly DraftDocument[];
  readonly people: readonly Presence[];
}

export interface Sources {
  readonly version: number;
  readonly layers: readonly StandardLayer[];
  readonly documents: readonly (ServerDocument & { readonly document: Body })[];
}

export async function readSources(): Promise<Sources> {
  return (await api.get<Answer<Sources>>('/metadata/sources')).data;
}

export async function readDraft(): Promise<Draft> {
  return (await api.get<Answer<Draft>>('/metadata/draft')).data;
}

/** Keeps changes, tells where one is at work, and answers what others did. Throws ApiProblem 409 when they were faster. */
export async function saveDraft(
  changes: readonly (ServerDocument & { readonly revision: number })[],
  place: string | null,
): Promise<Draft> {
  return (await api.put<Answer<Draft>>('/metadata/draft', { changes, place })).data;
}

export async function discardDraft(): Promise<void> {
  await api.delete('/metadata/draft');
}
