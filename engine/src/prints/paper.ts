/** Lengths in points, 72 to the inch. */
export interface Paper {
  readonly width: number;
  /** Null for a roll: the page is as long as what stands on it. */
  readonly height: number | null;
  readonly margin: number;
  /** Size of ordinary text. */
  readonly textSize: number;
}

export type PaperSize = 'A4' | 'A5' | 'letter' | 'receipt-58' | 'receipt-80' | 'label';

/** Width, height and text size; `null` height is a roll. Labels are 100 × 50 mm. */
const SIZES: Readonly<Record<PaperSize, readonly [widthMm: number, heightMm: number | null, textSize: number]>> = {
  A4: [210, 297, 9],
  A5: [148, 210, 8],
  letter: [215.9, 279.4, 9],
  'receipt-58': [58, null, 7],
  'receipt-80': [80, null, 8],
  label: [100, 50, 8],
};

const SMALL: ReadonlySet<PaperSize> = new Set(['receipt-58', 'receipt-80', 'label']);

/** Rolls and labels are too narrow to put things beside each other. */
export function isNarrow({ width }: Paper): boolean {
  return width < 300;
}

function points(millimetres: number): number {
  return (millimetres * 72) / 25.4;
}

/** @param marginMm null for what suits the paper: 15 mm, 4 mm on rolls and labels */
export function paperOf(size: PaperSize, orientation: 'portrait' | 'landscape', marginMm: number | null): Paper {
  const [widthMm, heightMm, textSize] = SIZES[size];
  const turns = orientation === 'landscape' && heightMm !== null && !SMALL.has(size);
  return {
    width: points(turns ? heightMm : widthMm),
    height: heightMm === null ? null : points(turns ? widthMm : heightMm),
    margin: points(marginMm ?? (SMALL.has(size) ? 4 : 15)),
    textSize,
  };
}
