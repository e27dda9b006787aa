/** What became of something that a foreign source says. */
export type Fate = 'taken' | 'approximated' | 'left-out';

export interface AccountEntry {
  /** File of the source, or table of a database. */
  readonly source: string;
  /** JSON pointer into it; '' for all of it. */
  readonly pointer: string;
  readonly fate: Fate;
  /** Why it is not as it was; '' where it is. */
  readonly why: string;
}

/** Keeps account of all that a source says: every property has exactly one fate, the one that was found last. */
export class Account {
  readonly #entries = new Map<string, AccountEntry>();

  note(source: string, pointer: string, fate: Fate, why = ''): void {
    this.#entries.set(`${source}#${pointer}`, { source, pointer, fate, why });
  }

  has(source: string, pointer: string): boolean {
    return this.#entries.has(`${source}#${pointer}`);
  }

  get entries(): readonly AccountEntry[] {
    return [...this.#entries.values()];
  }

  count(fate: Fate): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (entry.fate === fate) count += 1;
    return count;
  }

  /** For people: what is not as it was, by reason, the most frequent first. */
  inWords(): string {
    const lines = [
      '# Import report',
      '',
      `${this.count('taken')} taken, ${this.count('approximated')} approximated, ${this.count('left-out')} left out.`,
    ];
    for (const [fate, heading] of HEADINGS) {
      const byReason = new Map<string, AccountEntry[]>();
      for (const entry of this.#entries.values()) {
        if (entry.fate !== fate) continue;
        const known = byReason.get(entry.why);
        if (known === undefined) byReason.set(entry.why, [entry]);
        else known.push(entry);
      }
      if (byReason.size === 0) continue;
      lines.push('', `## ${heading}`);
      for (const [why, entries] of [...byReason].sort(([, left], [, right]) => right.length - left.length)) {
        lines.push('', `### ${why} (${entries.length})`, '');
        for (const { source, pointer } of entries.slice(0, PLACES_MAX)) lines.push(`- ${source} ${pointer}`.trimEnd());
        if (entries.length > PLACES_MAX)
          lines.push(`- … and ${entries.length - PLACES_MAX} more, in import-report.json`);
      }
    }
    return `${lines.join('\n')}\n`;
  }
}

const PLACES_MAX = 20;
const HEADINGS = [
  ['approximated', 'Approximated'],
  ['left-out', 'Left out'],
] as const;
