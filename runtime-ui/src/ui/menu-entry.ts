import type { Component } from 'vue';

/** One line of a UiMenu. */
export interface MenuEntry {
  readonly label: string;
  readonly run: () => void;
  readonly icon?: Component;
  readonly isChosen?: boolean;
  readonly isDangerous?: boolean;
  readonly isDisabled?: boolean;
  /** A line stands above it. */
  readonly startsGroup?: boolean;
}
