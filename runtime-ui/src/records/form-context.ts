import { inject, provide } from 'vue';
import type { ComputedRef, InjectionKey } from 'vue';
import type { QuickCreate } from './quick-create.ts';
import type { RecordDraft } from './record-draft.ts';

/** What the controls of one form share. */
export interface FormContext {
  readonly form: RecordDraft;
  /** Currency of the record's amounts (ISO 4217). */
  readonly currency: ComputedRef<string>;
  readonly isLocked: ComputedRef<boolean>;
  /** Whether only fields that stay open after submitting can be changed. */
  readonly isSubmitted: ComputedRef<boolean>;
  readonly create: QuickCreate;
  /** Makes ids of controls unique on a page with several forms. */
  readonly prefix: string;
}

const KEY: InjectionKey<FormContext> = Symbol('record form');

export function provideForm(context: FormContext): void {
  provide(KEY, context);
}

export function useForm(): FormContext {
  const context = inject(KEY);
  if (context === undefined) throw new Error('This control stands outside a record form.');
  return context;
}

/** The id of the control at a JSON pointer, so that the error summary can lead there. */
export function controlIdOf(prefix: string, pointer: string): string {
  return `${prefix}${pointer.replace(/\//g, '-')}`;
}
