import { shallowRef } from 'vue';
import type { Tone } from './tone.ts';

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

export interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
  /** Such as taking back what was done. */
  readonly action: ToastAction | null;
  readonly durationMs: number;
}

const DURATION_MS = 5_000;
/** Whoever is to decide something gets longer. */
const ACTION_DURATION_MS = 10_000;
const SHOWN_MAX = 4;

/** The short messages on the screen, the oldest first. */
export const toasts = shallowRef<readonly Toast[]>([]);
let lastId = 0;

export function showToast(text: string, options: { readonly tone?: Tone; readonly action?: ToastAction } = {}): void {
  lastId += 1;
  const action = options.action ?? null;
  const durationMs = action === null ? DURATION_MS : ACTION_DURATION_MS;
  const toast: Toast = { id: lastId, tone: options.tone ?? 'success', text, action, durationMs };
  toasts.value = [...toasts.value, toast].slice(-SHOWN_MAX);
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}
