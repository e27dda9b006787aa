import {
  CheckCircleIcon,
  ExclamationCircleIcon,
  ExclamationTriangleIcon,
  InformationCircleIcon,
} from '@heroicons/vue/20/solid';

/** What a mark or a message means, shown by colour and by an icon, never by colour alone. */
export type Tone = 'neutral' | 'primary' | 'success' | 'warning' | 'danger' | 'info';

export const TONE_CLASSES: Readonly<Record<Tone, string>> = {
  neutral: 'bg-sunken text-muted border-line',
  primary: 'bg-primary-soft text-primary-ink border-primary-line',
  success: 'bg-success-soft text-success-ink border-success-line',
  warning: 'bg-warning-soft text-warning-ink border-warning-line',
  danger: 'bg-danger-soft text-danger-ink border-danger-line',
  info: 'bg-info-soft text-info-ink border-info-line',
};

export const TONE_ICONS = {
  neutral: InformationCircleIcon,
  primary: InformationCircleIcon,
  success: CheckCircleIcon,
  warning: ExclamationTriangleIcon,
  danger: ExclamationCircleIcon,
  info: InformationCircleIcon,
} as const;
