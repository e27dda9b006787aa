import type { Answer } from '../api/answers.ts';
import { api } from '../api/client.ts';

/** What an automation could not bring about. */
export interface EffectFailure {
  readonly id: string;
  /** What the automation is called. */
  readonly label: string;
  readonly entity: string | null;
  readonly record_id: string | null;
  readonly attempts: number;
  readonly message: string;
  readonly failed_at: string;
}

export async function listFailures(): Promise<readonly EffectFailure[]> {
  return (await api.get<Answer<readonly EffectFailure[]>>('/outbox/failures')).data;
}

export async function retryFailure(id: string): Promise<void> {
  await api.post(`/outbox/failures/${id}/retry`);
}

export async function retryAllFailures(): Promise<void> {
  await api.post('/outbox/failures/retry');
}

export async function dropFailure(id: string): Promise<void> {
  await api.delete(`/outbox/failures/${id}`);
}

/** The key that receivers of webhooks check signatures with. */
export async function fetchWebhookKey(): Promise<string> {
  return (await api.get<Answer<{ readonly key: string }>>('/outbox/webhook-key')).data.key;
}
