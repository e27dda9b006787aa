import type { Tone } from '../ui/tone.ts';

const TONES: Readonly<Record<string, Tone>> = {
  blue: 'primary',
  violet: 'info',
  green: 'success',
  amber: 'warning',
  red: 'danger',
};

/** The tone of the badge for a choice, by the colour its metadata names. */
export function badgeTone(color: string | null): Tone {
  return TONES[color ?? ''] ?? 'neutral';
}
