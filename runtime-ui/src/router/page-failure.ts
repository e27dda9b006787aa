import { shallowRef } from 'vue';

/** A screen that could not be loaded: the network was away, or a new version has replaced its files. */
export interface PageFailure {
  readonly error: unknown;
  readonly path: string;
}

export const pageFailure = shallowRef<PageFailure | null>(null);
