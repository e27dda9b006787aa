import {
  ArrowPathRoundedSquareIcon,
  ArrowsRightLeftIcon,
  BoltIcon,
  BookOpenIcon,
  ChartBarIcon,
  CubeIcon,
  DocumentChartBarIcon,
  LanguageIcon,
  PrinterIcon,
  RectangleGroupIcon,
  RectangleStackIcon,
  ScaleIcon,
  ShieldCheckIcon,
  TableCellsIcon,
  ViewColumnsIcon,
} from '@heroicons/vue/20/solid';
import type { Component } from 'vue';
import type { DocumentKind } from '../../../engine/src/compiler/kinds.ts';

/** The kinds that a company writes, in the order in which a module is thought of. */
export const DESIGNED_KINDS = [
  'module',
  'entity',
  'form',
  'view',
  'workflow',
  'permission',
  'ledger',
  'posting',
  'flow',
  'automation',
  'report',
  'dashboard',
  'print',
  'fixture',
  'translation',
] as const satisfies readonly DocumentKind[];

export type DesignedKind = (typeof DESIGNED_KINDS)[number];

export const KIND_ICONS: Readonly<Record<DesignedKind, Component>> = {
  module: CubeIcon,
  entity: TableCellsIcon,
  form: RectangleGroupIcon,
  view: ViewColumnsIcon,
  workflow: ArrowPathRoundedSquareIcon,
  permission: ShieldCheckIcon,
  ledger: BookOpenIcon,
  posting: ScaleIcon,
  flow: ArrowsRightLeftIcon,
  automation: BoltIcon,
  report: DocumentChartBarIcon,
  dashboard: ChartBarIcon,
  print: PrinterIcon,
  fixture: RectangleStackIcon,
  translation: LanguageIcon,
};

export function isDesignedKind(kind: string): kind is DesignedKind {
  return (DESIGNED_KINDS as readonly string[]).includes(kind);
}
