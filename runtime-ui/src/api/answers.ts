/** The envelope of every answer that is not a problem. */
export interface Answer<T> {
  readonly data: T;
}
