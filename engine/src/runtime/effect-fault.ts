import { ERRORS, fillSentence, Refusal } from '../base/errors.ts';
import { textIn } from '../metamodel/text.ts';
import type { Locale, Text } from '../metamodel/text.ts';

/** Why an effect of the outbox did not come about, in words for admins. `{name}` is filled from the parameters. */
const REASONS = {
  loop: {
    en: 'Automations led to one another {levels} times and were stopped',
    id: 'Otomasi saling memicu {levels} kali dan dihentikan',
  },
  'mail-not-set-up': {
    en: 'No mail server is set: set RANGKA_SMTP_URL',
    id: 'Server email belum diatur: isi RANGKA_SMTP_URL',
  },
  'mail-address': { en: '“{address}” is no e-mail address', id: '“{address}” bukan alamat email' },
  'mail-refused': { en: 'The mail server did not take the message', id: 'Server email tidak menerima pesan' },
  'webhook-address': {
    en: '{host} does not lead to a public address',
    id: '{host} tidak mengarah ke alamat publik',
  },
  'webhook-answer': { en: '{host} answered with status {status}', id: '{host} menjawab dengan status {status}' },
  'webhook-unreachable': { en: '{host} could not be reached', id: '{host} tidak dapat dihubungi' },
  refused: { en: 'The record was not changed', id: 'Data tidak diubah' },
  defect: { en: 'The fault is ours and has been logged', id: 'Kesalahan ada pada kami dan sudah dicatat' },
} as const satisfies Readonly<Record<string, Text>>;

export type EffectFaultCode = keyof typeof REASONS;

/** An effect that did not come about. */
export class EffectFault extends Error {
  readonly code: EffectFaultCode;
  readonly parameters: Readonly<Record<string, string>>;
  /** Trying again by itself would not help. */
  readonly isFinal: boolean;

  constructor(
    code: EffectFaultCode,
    parameters: Readonly<Record<string, string>> = {},
    { isFinal = false, cause }: { readonly isFinal?: boolean; readonly cause?: unknown } = {},
  ) {
    super(`${code} ${JSON.stringify(parameters)}`, { cause });
    this.name = 'EffectFault';
    this.code = code;
    this.parameters = parameters;
    this.isFinal = isFinal;
  }
}

/** Whatever went wrong, as something that can be kept and told. */
export function asEffectFault(error: unknown): EffectFault {
  if (error instanceof EffectFault) return error;
  if (error instanceof Refusal) {
    return new EffectFault('refused', { ...error.parameters, error: error.code }, { cause: error });
  }
  return new EffectFault('defect', {}, { cause: error });
}

/** The sentence for a fault as it was kept. */
export function reasonText(code: string, parameters: Readonly<Record<string, string>>, locale: Locale): string {
  const reason: Text = code in REASONS ? REASONS[code as EffectFaultCode] : REASONS.defect;
  const sentence = fillSentence(textIn(reason, locale), parameters);
  const { error } = parameters;
  const refusal = Object.entries(ERRORS).find(([name]) => name === error)?.[1];
  return refusal === undefined ? sentence : `${sentence}: ${fillSentence(textIn(refusal.detail, locale), parameters)}`;
}
