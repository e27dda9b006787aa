import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create } from 'fontkit';
import type { Font, Glyph, GlyphRun } from 'fontkit';
import { BoundedMap } from '../storage/bounded-map.ts';

export const WEIGHTS = ['regular', 'medium', 'bold'] as const;
export type Weight = (typeof WEIGHTS)[number];

/** Inter, embedded into every page: Latin of all European languages and Vietnamese, Cyrillic, Greek. */
const FILES: Readonly<Record<Weight, string>> = {
  regular: '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
  medium: '@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf',
  bold: '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
};

/** Shapes that depend on neighbours cost much time and add little. Digits have one width, so that columns stand straight. */
const FEATURES = { calt: false };
const DIGIT_FEATURES = { calt: false, tnum: true };
const SHAPED_MAX = 20_000;
/** What numbers are written with: each of these looks the same wherever it stands. */
const NUMERIC = /[0-9.,:/()+%\- ]+|[^0-9.,:/()+%\- ]+/g;

const opened = new Map<Weight, Font>();

/** The font of a weight. It is read once for the whole process, when the first page is made. */
export function fontOf(weight: Weight): Font {
  let font = opened.get(weight);
  if (font === undefined) {
    font = withQuickLayout(create(readFileSync(createRequire(import.meta.url).resolve(FILES[weight]))));
    opened.set(weight, font);
  }
  return font;
}

/**
 * Shaping a text anew takes a third of a millisecond, and a report has tens of thousands of numbers. Here numbers are
 * put together from digits that were shaped once, and other words are remembered.
 */
function withQuickLayout(font: Font): Font {
  // A letter that is first met as a part of another (o in ó) would never learn which character it stands for, and could
  // not be copied or found in the document. The private area names digits of one width, which learn it when shaped.
  for (const codePoint of font.characterSet) if (!isPrivate(codePoint)) font.glyphForCodePoint(codePoint);
  const shape = font.layout.bind(font);
  const shaped = new BoundedMap<string, GlyphRun>(SHAPED_MAX);
  const remember = (text: string): GlyphRun => {
    let run = shaped.get(text);
    if (run === undefined) {
      run = shape(text, /^\d$/.test(text) ? DIGIT_FEATURES : FEATURES);
      shaped.set(text, run);
    }
    return run;
  };
  font.layout = (text) => {
    const glyphs: Glyph[] = [];
    // Whoever lays out scales the positions in place, so they are made anew each time.
    const positions: GlyphRun['positions'][number][] = [];
    for (const [part] of text.matchAll(NUMERIC)) {
      const isNumeric = /^[0-9.,:/()+%\- ]/.test(part);
      for (const piece of isNumeric ? part : [part]) {
        const run = remember(piece);
        glyphs.push(...run.glyphs);
        for (const position of run.positions) positions.push({ ...position });
      }
    }
    return {
      glyphs,
      positions,
      // Asked for after the positions were scaled.
      get advanceWidth() {
        return positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
      },
    };
  };
  return font;
}

function isPrivate(codePoint: number): boolean {
  return codePoint >= 0xe000 && codePoint <= 0xf8ff;
}
