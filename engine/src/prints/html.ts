import { createHash } from 'node:crypto';
import type { Code } from './codes.ts';
import type { Page, PageBlock, Pair } from './page.ts';
import { isNarrow } from './paper.ts';
import { HAIRLINE, INK, QUIET, TINT } from './pen.ts';

/** A page for the browser, with the hash that its one style sheet is allowed by. */
export interface HtmlPage {
  readonly html: string;
  /** Source expression for `style-src` of a Content-Security-Policy. */
  readonly styleSource: string;
}

type BlockOf<Type extends PageBlock['type']> = Extract<PageBlock, { type: Type }>;

/** A page as HTML that needs nothing else: its style within, no script, every value escaped. */
export function pageHtml(page: Page): HtmlPage {
  const sheet = new Sheet();
  const body = page.blocks.map((block) => sheet.block(block)).join('\n');
  const style = `${styleOf(page)}${sheet.rules}`;
  const mark = page.mark === null ? '' : `<div class="mark" aria-hidden="true">${escape(page.mark)}</div>\n`;
  const html = `<!doctype html>
<html lang="${page.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(page.title)}</title>
<style>${style}</style>
</head>
<body>
<main class="sheet">
${mark}${body}
</main>
</body>
</html>
`;
  return { html, styleSource: `'sha256-${createHash('sha256').update(style).digest('base64')}'` };
}

/** Writes blocks, and gathers the widths that a strict policy keeps out of the elements themselves. */
class Sheet {
  rules = '';
  #count = 0;

  block(block: PageBlock): string {
    switch (block.type) {
      case 'header':
        return this.#header(block);
      case 'fields':
        return `<section>${heading(block.label)}<dl class="fields of-${block.columns}">${block.fields.map(pair).join('')}</dl></section>`;
      case 'totals':
        return `<section class="totals"><dl>${block.fields.map(pair).join('')}</dl></section>`;
      case 'grid':
        return this.#grid(block);
      case 'text':
        return `<section>${heading(block.label)}<p>${lines(block.text)}</p></section>`;
      case 'code':
        return `<section class="code ${block.kind}">${heading(block.label)}${drawing(block.code, block.kind)}${
          block.text === '' ? '' : `<p class="quiet">${lines(block.text)}</p>`
        }</section>`;
      case 'signature':
        return `<section class="signers">${block.signers
          .map(({ label, name }) => `<div><p class="quiet">${lines(label)}</p><p class="name">${lines(name)}</p></div>`)
          .join('')}</section>`;
      case 'columns':
        return this.#columns(block);
    }
  }

  #header({ company, text, logo, label, number, fields }: BlockOf<'header'>): string {
    const image =
      logo === null ? '' : `<img alt="" src="data:${logo.mediaType};base64,${logo.bytes.toString('base64')}">`;
    const ours = `<div class="ours">${image}<div><p class="company">${escape(company)}</p>${
      text === '' ? '' : `<p class="quiet">${lines(text)}</p>`
    }</div></div>`;
    const theirs = `<div class="theirs"><h1>${escape(label)}</h1>${
      number === '' ? '' : `<p class="number">${escape(number)}</p>`
    }${fields.length === 0 ? '' : `<dl>${fields.map(pair).join('')}</dl>`}</div>`;
    return `<header>${ours}${theirs}</header>`;
  }

  #grid({ label, columns, rows }: BlockOf<'grid'>): string {
    const name = this.#name();
    const sum = columns.reduce((total, { width }) => total + width, 0) || 1;
    for (const [index, { width }] of columns.entries()) {
      this.rules += `.${name} col:nth-child(${index + 1}){width:${((width / sum) * 100).toFixed(2)}%}`;
    }
    const side = (index: number): string => (columns[index]?.align === 'right' ? ' class="right"' : '');
    const head = columns.map((column, index) => `<th scope="col"${side(index)}>${escape(column.label)}</th>`).join('');
    const body = rows
      .map(({ cells, details }) => {
        const tds = cells.map((cell, index) => {
          const detail = details[index] ?? '';
          return `<td${side(index)}>${lines(cell)}${detail === '' ? '' : `<small>${lines(detail)}</small>`}</td>`;
        });
        return `<tr>${tds.join('')}</tr>`;
      })
      .join('\n');
    const cols = columns.map(() => '<col>').join('');
    return `<section>${heading(label)}<table class="${name}"><colgroup>${cols}</colgroup><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></section>`;
  }

  #columns({ blocks }: BlockOf<'columns'>): string {
    const name = this.#name();
    this.rules += `.${name}{grid-template-columns:${blocks.map(({ width }) => `minmax(0,${width}fr)`).join(' ')}}`;
    return `<div class="columns ${name}">${blocks.map((block) => this.block(block)).join('')}</div>`;
  }

  #name(): string {
    this.#count += 1;
    return `b${this.#count}`;
  }
}

function heading(label: string): string {
  return label === '' ? '' : `<h2>${escape(label)}</h2>`;
}

function pair({ label, value, detail, strong }: Pair): string {
  const more = detail === '' ? '' : `<small>${lines(detail)}</small>`;
  return `<div${strong ? ' class="strong"' : ''}><dt>${escape(label)}</dt><dd>${lines(value)}${more}</dd></div>`;
}

function drawing({ width, height, dark }: Code, kind: 'barcode' | 'qr'): string {
  const path = dark.map((part) => `M${part.x} ${part.y}h${part.width}v${part.height}h-${part.width}z`).join('');
  const stretch = kind === 'barcode' ? ' preserveAspectRatio="none"' : '';
  return `<svg role="img" viewBox="0 0 ${width} ${height}"${stretch} shape-rendering="crispEdges"><path d="${path}"/></svg>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

function lines(text: string): string {
  return escape(text).replaceAll('\n', '<br>');
}

function styleOf({ paper, mark }: Page): string {
  const { width, height, margin, textSize } = paper;
  const size = height === null ? `${width.toFixed(2)}pt auto` : `${width.toFixed(2)}pt ${height.toFixed(2)}pt`;
  const narrow = isNarrow(paper);
  const feet =
    height === null || narrow
      ? ''
      : `@bottom-right{content:counter(page) " / " counter(pages);font:7pt ${FONTS};color:${QUIET}}`;
  // The longest word still crosses the page without leaving it.
  const markSize = Math.min(width * 0.2, (width * 1.15) / Math.max(mark?.length ?? 0, 5));
  return `${BASE}
.mark{font-size:${markSize.toFixed(1)}pt}
@page{size:${size};margin:${margin.toFixed(2)}pt;${feet}}
html{font-size:${textSize}pt}
.sheet{width:${width.toFixed(2)}pt;padding:${margin.toFixed(2)}pt;${height === null ? '' : `min-height:${height.toFixed(2)}pt`}}
@media print{html,body{background:none;padding:0}.sheet{width:auto;min-height:0;padding:0;margin:0;box-shadow:none}}
${narrow ? NARROW_RULES : ''}`;
}

const FONTS = "Inter,'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif";

const BASE = `
*{box-sizing:border-box;margin:0;padding:0}
html{background:#e5e7eb;color:${INK};font-family:${FONTS};line-height:1.45;-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{padding:24pt 0;font-size:1rem}
.sheet{position:relative;margin:0 auto;background:#fff;box-shadow:0 1px 3px rgb(0 0 0/.2);overflow-wrap:anywhere}
section,.columns{margin-top:1.6rem}
.columns{display:grid;gap:0 22pt;break-inside:avoid}
.columns>section{margin-top:0}
h1{font-size:2.1rem;line-height:1.25;font-weight:600;letter-spacing:-.01em}
h2{break-after:avoid;font-size:.85rem;font-weight:600;color:${QUIET};margin-bottom:.25rem}
.quiet,dt,small{color:${QUIET}}
small{display:block;font-size:.88em}
header{display:grid;grid-template-columns:minmax(0,55fr) minmax(0,45fr);gap:12pt;padding-bottom:1.3rem;border-bottom:.8pt solid ${INK}}
.ours{display:flex;gap:12pt;align-items:flex-start}
.ours img{max-width:110pt;max-height:46pt}
.company{font-size:1.45rem;font-weight:600;line-height:1.3}
.theirs{text-align:right}
.number{font-size:1.15rem;font-weight:500;color:${QUIET};margin-bottom:.6rem}
header dl>div,.totals dl>div{display:flex;justify-content:space-between;gap:1rem}
dd{font-variant-numeric:tabular-nums}
.fields{display:grid;gap:.55rem 22pt}
.fields.of-2{grid-template-columns:1fr 1fr}
.fields.of-3{grid-template-columns:1fr 1fr 1fr}
.fields dt{font-size:.85rem}
.fields.of-1{grid-template-columns:max-content minmax(0,1fr);gap:.15rem 1.2rem}
.fields.of-1>div{display:contents}
.fields.of-1 dt{font-size:.95rem}
.strong dd{font-weight:600}
.totals{break-inside:avoid}
.totals dl{margin-left:auto;width:44%}
.columns .totals dl{width:auto}
.totals dl>div{padding:.18rem 0}
.totals dd,header dd{text-align:right}
.totals .strong{border-top:.8pt solid ${INK};margin-top:.35rem;padding-top:.3rem;font-size:1.2rem;font-weight:600}
.totals .strong dt{color:${INK}}
table{width:100%;border-collapse:collapse}
thead{display:table-header-group}
th{background:${TINT};color:${QUIET};font-size:.88rem;font-weight:600;text-align:left;vertical-align:bottom;padding:.5rem .55rem}
td{padding:.35rem .55rem;border-bottom:.5pt solid ${HAIRLINE};vertical-align:top;font-variant-numeric:tabular-nums}
tr{break-inside:avoid}
th,.right{overflow-wrap:normal}
.right{text-align:right}
.signers{display:flex;justify-content:space-between;gap:22pt;margin-top:2.6rem;break-inside:avoid;text-align:center}
.signers>div{flex:0 1 170pt}
.signers>div:only-child{margin-left:auto}
.signers .name{margin-top:44pt;border-top:.8pt solid ${HAIRLINE};padding-top:.25rem;min-height:1.5rem}
.code{break-inside:avoid}
.code svg{display:block;max-width:100%}
.code.qr svg{width:84pt}
.code.barcode svg{height:34pt}
.mark{position:fixed;inset:0;display:flex;align-items:center;justify-content:center;white-space:nowrap;font-weight:600;letter-spacing:.04em;color:#9ca3af;opacity:.22;transform:rotate(-50deg);pointer-events:none}
@media screen{.sheet{overflow:clip}.mark{position:absolute}}`;

const NARROW_RULES = `header{display:block;text-align:center;border-bottom-width:.5pt;padding-bottom:.6rem}
.ours{display:block}.theirs{text-align:center;margin-top:.6rem}h1{font-size:1.15rem}.number{font-size:1rem}
.columns{display:block}.columns>section{margin-top:1.6rem}.totals dl{width:auto}
.fields.of-2,.fields.of-3{grid-template-columns:1fr}.fields>div{display:flex;justify-content:space-between;gap:1rem}
.code svg{margin:0 auto}th,td{padding-left:.2rem;padding-right:.2rem}`;
