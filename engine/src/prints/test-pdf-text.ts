import { inflateSync } from 'node:zlib';

/** The lines of text on each page of a PDF that pdfkit wrote, read through the ToUnicode maps of its fonts. */
export function pdfText(pdf: Buffer): readonly (readonly string[])[] {
  const objects = new Map<string, string>();
  const source = pdf.toString('latin1');
  for (const [, id = '', body = ''] of source.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g))
    objects.set(id, body);
  const streamOf = (id: string): string => {
    const body = objects.get(id) ?? '';
    const start = body.indexOf('stream\n') + 'stream\n'.length;
    const bytes = Buffer.from(body.slice(start, body.lastIndexOf('\nendstream')), 'latin1');
    return (body.includes('/FlateDecode') ? inflateSync(bytes) : bytes).toString('latin1');
  };
  const pages = [...objects.values()].filter((body) => /\/Type \/Page\n/.test(body));
  return pages.map((page) => {
    const resources = objects.get(/\/Resources (\d+) 0 R/.exec(page)?.[1] ?? '') ?? '';
    const maps = new Map<string, readonly string[]>();
    for (const [, name = '', id = ''] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const unicode = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '')?.[1] ?? '';
      maps.set(name, unicodeOf(streamOf(unicode)));
    }
    return linesOf(streamOf(/\/Contents (\d+) 0 R/.exec(page)?.[1] ?? ''), maps);
  });
}

function unicodeOf(cmap: string): readonly string[] {
  const ranges = [...cmap.matchAll(/<[\da-f]+> <[\da-f]+> \[([^\]]*)\]/g)].map(([, entries = '']) => entries).join(' ');
  return [...ranges.matchAll(/<([^>]*)>/g)].map(([, hex = '']) =>
    String.fromCharCode(...hex.split(' ').map((code) => Number.parseInt(code, 16))),
  );
}

function linesOf(content: string, maps: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const lines: string[] = [];
  let map: readonly string[] = [];
  for (const [, font, shown = ''] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (font !== undefined) {
      map = maps.get(font) ?? [];
      continue;
    }
    const glyphs = [...shown.matchAll(/<([\da-f]+)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []);
    lines.push(glyphs.map((glyph) => map[Number.parseInt(glyph, 16)] ?? '').join(''));
  }
  return lines;
}
