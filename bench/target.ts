import type { Child } from './child.ts';

/** A server under load, reached as a person of its own company. */
export interface Target {
  readonly name: 'generated' | 'equal' | 'bare';
  readonly child: Child;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}
