import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { isPathOpen } from '../access/authorize.ts';
import { Refusal, refuse } from '../base/errors.ts';
import { isRowId } from '../base/ids.ts';
import type { Entity } from '../compiler/model.ts';
import type { Print } from '../compiler/print-model.ts';
import { LOCALES, textIn } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import { compose, dynamicLinksOf, logoFileOf } from '../prints/compose.ts';
import { DEFAULT_PRINT, defaultPrint } from '../prints/default-print.ts';
import { pageHtml } from '../prints/html.ts';
import type { Logo, Page } from '../prints/page.ts';
import { pagePdf } from '../prints/page-pdf.ts';
import type { Authorized } from '../records/authorized.ts';
import { demandPermits } from '../records/bounds.ts';
import { runOperation } from '../records/run.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import { TITLE } from '../records/titles.ts';
import { readingFrom } from '../records/write-unit.ts';
import type { Engine } from '../runtime/engine.ts';
import { FileStore, findFile } from '../runtime/files.ts';
import { readParameters } from './parameters.ts';
import { allowed, contextOf, entityIn, idIn } from './record-ask.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const BASE = '/api/v1/records/:entity';
const PRINT = ['print'];
const FILE = /^([a-z][a-z0-9.-]*)\.(pdf|html)$/;
/** A logo that is larger is left out: it would be sent with every page. */
const LOGO_BYTES_MAX = 1_048_576;

/** Records on paper: which prints there are, and each as HTML and PDF. */
export function printRoutes(engine: Engine): readonly Route[] {
  const store = new FileStore(engine.settings.filesFolder);
  return [
    member('records', `GET ${BASE}/prints`, list),
    member('records', `GET ${BASE}/:id/print/:file`, (ask) => print(store, ask)),
  ];
}

/** The prints of an entity; the first is the one that `default` means. */
function printsOf(ask: CompanyAsk, entity: Entity): readonly Print[] {
  const prints = ask.company.model.prints.get(entity.name) ?? [];
  return prints.length > 0 ? prints : [defaultPrint(entity)];
}

function list(ask: CompanyAsk): Answer {
  const { locale } = readParameters(ask.queryText, ['locale']);
  const language = localeOf(ask, locale);
  const { entity, reach } = readable(ask);
  if (reach.bounds(entity, PRINT)?.permits.length === 0) return { status: 200, body: { data: [] } };
  const data = printsOf(ask, entity).map(({ name, label, page }, index) => ({
    name,
    label: textIn(label, language),
    size: page.size,
    default: index === 0,
  }));
  return { status: 200, body: { data } };
}

/** Whoever may read records of an entity may know how they are printed; printing them is granted by itself. */
function readable(ask: CompanyAsk): Pick<Authorized, 'entity' | 'reach'> {
  return allowed(ask, { kind: 'get', entity: entityIn(ask), id: '0', include: [], titles: false });
}

async function print(store: FileStore, ask: CompanyAsk): Promise<Answer> {
  const { locale } = readParameters(ask.queryText, ['locale']);
  const language = localeOf(ask, locale);
  const [, name = '', kind = ''] = FILE.exec(ask.parameters['file'] ?? '') ?? [];
  const { entity, reach } = readable(ask);
  const context = contextOf(ask);
  await demandPermits(readingFrom(context, context.database), reach, entity, PRINT, idIn(ask));
  const prints = printsOf(ask, entity);
  const chosen =
    name === DEFAULT_PRINT
      ? prints[0]
      : prints.find((each) => each.name === name || each.name.slice(each.name.indexOf('.') + 1) === name);
  if (chosen === undefined) throw refuse('not-found');
  const page = await pageOf(store, ask, chosen, language);
  return kind === 'pdf' ? pdfAnswer(page, await pagePdf(page)) : htmlAnswer(page);
}

function localeOf(ask: CompanyAsk, named: string | undefined): Locale {
  if (named === undefined) return ask.locale;
  const locale = LOCALES.find((each) => each === named);
  if (locale !== undefined) return locale;
  const fault = { pointer: '/locale', code: 'option', parameters: { options: LOCALES.join(', ') } };
  throw refuse('malformed-query', { faults: [fault] });
}

/** Reads the record as this caller and writes its values. What the caller may not read stays empty on the page. */
async function pageOf(store: FileStore, ask: CompanyAsk, chosen: Print, locale: Locale): Promise<Page> {
  const { entity } = chosen;
  const operation = { kind: 'get', entity: entity.name, id: idIn(ask), titles: true } as const;
  const { reach } = allowed(ask, { ...operation, include: [] });
  const include = chosen.includes.filter((path) => isPathOpen(path, entity, reach));
  const context = contextOf(ask);
  const { record } = await runOperation(context, allowed(ask, { ...operation, include }));
  const { globals, today, now } = context;
  const { name, currency, timezone } = ask.company.entry;
  const source = {
    print: chosen,
    model: ask.company.model,
    record,
    locale,
    company: { name, currency, timezone },
    moment: { globals, today, now },
  };
  const logo = await logoOf(store, ask, logoFileOf(source));
  return compose({ ...source, titles: await titlesOf(ask, dynamicLinksOf(chosen, record)), logo });
}

/** Titles of the records behind dynamic links, each read as this caller; what is hidden or gone has none. */
async function titlesOf(ask: CompanyAsk, references: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const titles = new Map<string, string>();
  for (const reference of references) {
    const colon = reference.indexOf(':');
    const operation = { kind: 'get', include: [], titles: true } as const;
    const named = { entity: reference.slice(0, colon), id: reference.slice(colon + 1) };
    try {
      const { record } = await runOperation(contextOf(ask), allowed(ask, { ...operation, ...named }));
      titles.set(reference, titleIn(record));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return titles;
}

function titleIn(record: JsonRecord): string {
  const title = record[TITLE];
  return typeof title === 'string' ? title : '';
}

/** First bytes of the images that both HTML and PDF show. */
const SIGNATURES: readonly (readonly [Logo['mediaType'], readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
];

async function logoOf(store: FileStore, ask: CompanyAsk, fileId: string | null): Promise<Logo | null> {
  const file = fileId !== null && isRowId(fileId) ? await findFile(ask.company.database, fileId) : null;
  if (file === null || file.bytes > LOGO_BYTES_MAX) return null;
  const stream = await store.read(ask.company.entry.slug, file.sha256);
  if (stream === null) return null;
  const bytes = await buffer(stream);
  const found = SIGNATURES.find(([, begin]) => begin.every((byte, index) => bytes[index] === byte));
  return found === undefined ? null : { bytes, mediaType: found[0] };
}

function pdfAnswer(page: Page, bytes: Buffer): Answer {
  return {
    status: 200,
    stream: Readable.from([bytes]),
    headers: {
      'Content-Type': 'application/pdf',
      'Content-Length': String(bytes.length),
      'Content-Disposition': disposition(page, 'pdf'),
      'Content-Language': page.locale,
    },
  };
}

/** The page may do nothing but show its own style and images. */
function htmlAnswer(page: Page): Answer {
  const { html, styleSource } = pageHtml(page);
  return {
    status: 200,
    stream: Readable.from([Buffer.from(html)]),
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Disposition': disposition(page, 'html'),
      'Content-Language': page.locale,
      'Content-Security-Policy':
        `default-src 'none'; style-src ${styleSource}; img-src data:; base-uri 'none'; form-action 'none'; ` +
        `frame-ancestors 'none'; sandbox`,
    },
  };
}

function disposition({ title }: Page, extension: string): string {
  const name = title.replace(/[/\\]+/g, '-');
  const ascii = name.replace(/[^\x20-\x7e]|["%]/g, '_');
  return `inline; filename="${ascii}.${extension}"; filename*=UTF-8''${encodeURIComponent(name)}.${extension}`;
}
