import type { Decimal } from '../../../engine/src/base/decimal.ts';

/** One line that waits for the record it belongs to. */
export interface MatchLine {
  readonly index: number;
  /** `YYYY-MM-DD` */
  readonly date: string | null;
  readonly amount: Decimal;
  /** References and descriptions, as the other side wrote them. */
  readonly text: string;
}

/** A record that a line may belong to. */
export interface Candidate {
  readonly entity: string;
  readonly id: string;
  readonly title: string;
  readonly date: string | null;
  readonly amount: Decimal;
  /** Whether the amount is signed as a line would have it. */
  readonly isSigned: boolean;
  readonly text: string;
}

export interface Match {
  readonly candidate: Candidate;
  /** Higher is better; what does not fit at all is left out. */
  readonly score: number;
  readonly isSameAmount: boolean;
  /** Days between the dates; null when one has none. */
  readonly days: number | null;
  readonly hasReference: boolean;
}

const SAME_AMOUNT_SCORE = 60;
const REFERENCE_SCORE = 30;
const DATE_SCORE = 20;
/** Payments rarely reach the bank later than this. */
const DAYS_MAX = 14;
/** Below it nothing is proposed. */
const PROPOSED_SCORE_MIN = 70;

const DAY_MS = 86_400_000;
/** Words shorter than this are in every text. */
const WORD_LENGTH_MIN = 4;

function daysBetween(a: string | null, b: string | null): number | null {
  if (a === null || b === null) return null;
  const distance = new Date(`${a}T00:00:00Z`).getTime() - new Date(`${b}T00:00:00Z`).getTime();
  return Number.isNaN(distance) ? null : Math.abs(Math.round(distance / DAY_MS));
}

/** Words with a digit name something: numbers of documents, references. */
function references(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[a-z0-9][a-z0-9/._-]*/g) ?? [];
  return new Set(
    words
      .map((word) => word.replace(/[^a-z0-9]/g, ''))
      .filter((word) => word.length >= WORD_LENGTH_MIN && /\d/.test(word)),
  );
}

/** How well a record fits a line. */
function matchOf(line: MatchLine, candidate: Candidate): Match {
  const isSameAmount = candidate.isSigned
    ? line.amount.equals(candidate.amount)
    : line.amount.abs().equals(candidate.amount.abs());
  const days = daysBetween(line.date, candidate.date);
  const words = references(line.text);
  const hasReference = [...references(`${candidate.title} ${candidate.text}`)].some((word) => words.has(word));
  const nearness = days === null ? 0 : Math.max(0, DATE_SCORE - Math.round((days * DATE_SCORE) / DAYS_MAX));
  const score = (isSameAmount ? SAME_AMOUNT_SCORE : 0) + (hasReference ? REFERENCE_SCORE : 0) + nearness;
  return { candidate, score, isSameAmount, days, hasReference };
}

/** The records that may belong to a line, the likeliest first. */
export function rankCandidates(line: MatchLine, candidates: readonly Candidate[]): readonly Match[] {
  return candidates
    .map((candidate) => matchOf(line, candidate))
    .sort((a, b) => b.score - a.score || a.candidate.title.localeCompare(b.candidate.title));
}

/**
 * Proposes a record for each line whose best one is clear: the amount fits, and so does the date or the reference. No
 * record is proposed twice; the best pairs come first.
 *
 * @returns candidates by the index of the line
 */
export function proposeMatches(
  lines: readonly MatchLine[],
  candidates: readonly Candidate[],
): ReadonlyMap<number, Match> {
  const pairs = lines
    .flatMap((line) => candidates.map((candidate) => ({ line, match: matchOf(line, candidate) })))
    .filter(({ match }) => match.isSameAmount && match.score >= PROPOSED_SCORE_MIN)
    .sort((a, b) => b.match.score - a.match.score || a.line.index - b.line.index);
  const proposed = new Map<number, Match>();
  const used = new Set<Candidate>();
  for (const { line, match } of pairs) {
    if (proposed.has(line.index) || used.has(match.candidate)) continue;
    proposed.set(line.index, match);
    used.add(match.candidate);
  }
  return proposed;
}
