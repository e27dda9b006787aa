import { authorizeReport, mayTakeOut, openReports } from '../access/ledgers.ts';
import { actorOf } from '../access/caller.ts';
import { refuse } from '../base/errors.ts';
import type { Ledger } from '../compiler/ledger-model.ts';
import type { Report, ReportSort } from '../compiler/report-model.ts';
import type { JournalFormat } from '../exchange/plain-text.ts';
import type { Json } from '../metamodel/field-type.ts';
import { LOCALES, textIn } from '../metamodel/text.ts';
import type { Locale } from '../metamodel/text.ts';
import { writeDate } from '../metamodel/written.ts';
import type { Authorized, OperationOf } from '../records/authorized.ts';
import type { ReadFrom } from '../records/context.ts';
import { READ } from '../records/reach.ts';
import { readingFrom } from '../records/write-unit.ts';
import { defaultOf, readReportParameters } from '../reports/parameters.ts';
import type { ParameterValues } from '../reports/parameters.ts';
import { planReport } from '../reports/plan.ts';
import { readJournal } from '../reports/read-journal.ts';
import { compareReport, isComparable } from '../reports/compare-report.ts';
import type { Comparing } from '../reports/compare-report.ts';
import { COMPARISONS, periodOf } from '../reports/earlier-periods.ts';
import { runReport } from '../reports/run-report.ts';
import { reportXml } from '../reports/write-xml.ts';
import { recordContext } from '../runtime/company.ts';
import { readParameters, refuseUnknown, single } from './parameters.ts';
import { faultCollector, readQueryTree } from './query-tree.ts';
import type { ReportFault } from './query-tree.ts';
import { journalFile, reportFile, xmlFile } from './report-files.ts';
import type { TableFormat } from './report-files.ts';
import { member } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

/** Lines of a report on a screen, in a file, and on paper, which is laid out in one go. */
const SCREEN_ROWS_MAX = 10_000;
const FILE_ROWS_MAX = 200_000;
const PAPER_ROWS_MAX = 5_000;

/** Earlier periods at most: a year by months. */
const PERIODS_MAX = 12;

const TABLE_FORMATS = ['csv', 'xlsx', 'pdf'] as const satisfies readonly TableFormat[];
const JOURNAL_FORMATS = ['hledger', 'beancount'] as const satisfies readonly JournalFormat[];
type Format = 'json' | TableFormat | JournalFormat | 'xml';

/** The reports of the active modules. */
export function reportRoutes(): readonly Route[] {
  return [
    member('records', 'GET /api/v1/reports', list),
    member('records', 'GET /api/v1/reports/:report', run),
    member('records', 'GET /api/v1/reports/:report/definition', define),
  ];
}

/** Those that the caller may run. */
function list(ask: CompanyAsk): Answer {
  const locale = localeNamed(readParameters(ask.queryText, ['locale']).locale, ask);
  const { model } = ask.company;
  const isOpen = openReports(actorOf(ask.caller, ask.member, locale), ask.caller.abilities, model);
  const open = [...model.reports.values()].filter(isOpen);
  return { status: 200, body: { data: open.map((report) => nameOf(report, locale)) } };
}

function nameOf({ name, label, module, description, icon }: Report, locale: Locale): Readonly<Record<string, Json>> {
  return {
    name,
    label: textIn(label, locale),
    module,
    description: description === null ? null : textIn(description, locale),
    icon,
  };
}

interface ReportAsked {
  readonly report: Report;
  readonly authorized: Authorized<OperationOf<'list'>>;
  readonly from: ReadFrom;
}

function reportIn(ask: CompanyAsk, locale: Locale): ReportAsked {
  const { company, caller } = ask;
  const actor = actorOf(caller, ask.member, locale);
  const { report, authorized } = authorizeReport(ask.parameters['report'] ?? '', actor, caller.abilities, company);
  const context = recordContext(company, actor);
  return { report, authorized, from: readingFrom(context, context.database) };
}

/** What a screen must know before the report is run. */
async function define(ask: CompanyAsk): Promise<Answer> {
  const locale = localeNamed(readParameters(ask.queryText, ['locale']).locale, ask);
  const asked = reportIn(ask, locale);
  const { report, from } = asked;
  const { layout, dimensions, measures, source } = report;
  const parameters: Json[] = [];
  for (const parameter of report.parameters) {
    const { name, label, shape, required, target } = parameter;
    const { value } = await defaultOf(from, parameter);
    parameters.push({
      name,
      label: textIn(label, locale),
      type: shape.type,
      required,
      default: value === null ? null : parameter.fieldType.write(value, shape),
      options: shape.options.map((option) => ({ value: option.value, label: textIn(option.label, locale) })),
      to: target?.name ?? null,
    });
  }
  return {
    status: 200,
    body: {
      data: {
        ...nameOf(report, locale),
        source: { ledger: source.ledger?.name ?? null, entity: source.ledger === null ? source.entity.name : null },
        parameters,
        dimensions: dimensions
          .filter(({ hidden }) => !hidden)
          .map((each) => ({ name: each.name, label: textIn(each.label, locale) })),
        measures: measures
          .filter(({ hidden }) => !hidden)
          .map((each) => ({ name: each.name, label: textIn(each.label, locale), format: each.format })),
        layout: {
          type: layout.type,
          chart: layout.chart,
          across: layout.across,
          subtotals: layout.subtotals,
          tree: layout.tree,
          totals: layout.totals,
        },
        comparisons: mayCompare(report) ? COMPARISONS : [],
        formats: formatsOf(report).filter((format) => isFormatOpen(format, asked, ask)),
      },
    },
  };
}

function formatsOf({ journal, xml }: Report): readonly Format[] {
  const more: readonly Format[] = xml === null ? [] : ['xml'];
  return ['json', ...TABLE_FORMATS, ...(journal === null ? [] : JOURNAL_FORMATS), ...more];
}

/** Figures on the screen are read; taken out as data they are exported, and on paper printed: each is granted by itself. */
function isFormatOpen(format: Format, { report, authorized }: ReportAsked, ask: CompanyAsk): boolean {
  const { caller, member: held, company, locale } = ask;
  if (format === 'json') return true;
  // Books are written whole: a part of them would not balance.
  if (isJournalFormat(format) && authorized.reach.bounds(authorized.entity, READ) !== null) return false;
  const action = format === 'pdf' ? 'print' : 'export';
  return mayTakeOut(report, action, actorOf(caller, held, locale), caller.abilities, company.model);
}

async function run(ask: CompanyAsk): Promise<Answer> {
  // Whoever may not run a report does not hear which parameters it has.
  const { report } = reportIn(ask, ask.locale);
  const asked = readAsk(ask, report);
  const found = reportIn(ask, asked.locale);
  if (!isFormatOpen(asked.format, found, ask)) throw refuse('forbidden');
  const { authorized, from } = found;
  const { locale, format, sort } = asked;
  const { reach } = authorized;
  const parameters = await readReportParameters(from, report, asked.given, { locale, reach });
  const { ledger } = report.source;
  if (isJournalFormat(format) && ledger !== null) {
    return runJournal(found, ledger, parameters, { format, locale });
  }
  if (format === 'xml' && report.xml !== null) {
    const pieces = await reportXml(from, authorized, { report, parameters, sort, limit: FILE_ROWS_MAX }, report.xml);
    return xmlFile(report.name, pieces, from.today);
  }
  const limit = format === 'json' ? SCREEN_ROWS_MAX : format === 'pdf' ? PAPER_ROWS_MAX : FILE_ROWS_MAX;
  const wanted = { report, parameters, sort, limit };
  const answer = await (asked.comparing === null
    ? runReport(from, authorized, wanted)
    : compareReport(from, authorized, wanted, asked.comparing));
  if (isTableFormat(format)) {
    return reportFile(answer, format, {
      company: ask.member.company.name,
      currency: ask.member.company.currency,
      locale,
      notes: notesOf(report, parameters, locale),
      today: from.today,
    });
  }
  const { columns, rows, totals } = answer;
  return { status: 200, body: { data: answer, columns, rows, totals } };
}

async function runJournal(
  { report, authorized, from }: ReportAsked,
  ledger: Ledger,
  parameters: ParameterValues,
  { format, locale }: { readonly format: JournalFormat; readonly locale: Locale },
): Promise<Answer> {
  const { journal } = report;
  if (journal === null) throw refuse('not-found');
  const { globals, today, now } = from;
  const sight = { reach: authorized.reach, bounds: null };
  const plan = planReport(report, { parameters: parameters.values, globals, today, now }, null, 1, [sight]);
  const about = { title: textIn(report.label, locale), locale, reach: authorized.reach };
  return journalFile(report.name, await readJournal(from, plan, ledger, journal, about), format, today);
}

interface AskedReport {
  readonly given: Readonly<Record<string, string | undefined>>;
  readonly format: Format;
  readonly locale: Locale;
  readonly sort: readonly ReportSort[] | null;
  /** Null where no other period stands beside. */
  readonly comparing: Comparing | null;
}

/** What the address asks for. Throws `malformed-query` with every fault of its form. */
function readAsk(ask: CompanyAsk, report: Report): AskedReport {
  const { faults, report: complain } = faultCollector();
  const tree = readQueryTree(ask.queryText, complain);
  const names = report.parameters.map(({ name }) => name);
  refuseUnknown(tree, [...names, 'format', 'locale', 'sort', 'compare', 'periods'], complain);
  const given = Object.fromEntries(names.map((name) => [name, single(tree, name, complain)]));
  const formats = formatsOf(report);
  const format = single(tree, 'format', complain) ?? 'json';
  if (!formats.some((each) => each === format)) complain('/format', 'option', { options: formats.join(', ') });
  const locale = single(tree, 'locale', complain) ?? ask.locale;
  if (!LOCALES.some((each) => each === locale)) complain('/locale', 'option', { options: LOCALES.join(', ') });
  const sort = readSort(single(tree, 'sort', complain), report, complain);
  const besides = { compare: single(tree, 'compare', complain), periods: single(tree, 'periods', complain) };
  const comparing = readComparing(besides, report, complain);
  if (faults.length > 0) throw refuse('malformed-query', { faults });
  return { given, format: format as Format, locale: locale as Locale, sort, comparing };
}

/** `compare=previous|year` with `periods`, for reports that have a period and a place for each figure. */
function readComparing(
  { compare, periods = '1' }: { readonly compare: string | undefined; readonly periods: string | undefined },
  report: Report,
  complain: ReportFault,
): Comparing | null {
  if (compare === undefined || compare === '') return null;
  const comparison = COMPARISONS.find((each) => each === compare);
  if (comparison === undefined) complain('/compare', 'option', { options: COMPARISONS.join(', ') });
  if (!mayCompare(report)) complain('/compare', 'not-comparable');
  const isCount = /^[1-9]\d?$/.test(periods) && Number(periods) <= PERIODS_MAX;
  if (!isCount) complain('/periods', 'whole-number', { minimum: '1', maximum: String(PERIODS_MAX) });
  return comparison === undefined || !isCount ? null : { comparison, periods: Number(periods) };
}

function mayCompare(report: Report): boolean {
  return periodOf(report) !== null && isComparable(report);
}

function readSort(text: string | undefined, report: Report, complain: ReportFault): readonly ReportSort[] | null {
  if (text === undefined || text === '') return null;
  const known = new Set([...report.dimensions, ...report.measures].map(({ name }) => name));
  return text.split(',').map((each) => {
    const name = each.replace(/^-/, '');
    if (!known.has(name)) complain('/sort', 'not-sortable', { name });
    return { name, descending: each.startsWith('-') };
  });
}

function isJournalFormat(format: Format): format is JournalFormat {
  return JOURNAL_FORMATS.some((each) => each === format);
}

function isTableFormat(format: Format): format is TableFormat {
  return TABLE_FORMATS.some((each) => each === format);
}

/** `From: 1 January 2026`: the choices as people read them, those that were made. */
function notesOf(report: Report, { json, titles }: ParameterValues, locale: Locale): readonly string[] {
  return report.parameters.flatMap(({ name, label, shape }) => {
    const value = json[name] ?? null;
    if (value === null) return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const written = titles[name] ?? (shape.type === 'date' ? writeDate(text, locale, false) : text);
    return [`${textIn(label, locale)}: ${written}`];
  });
}

function localeNamed(named: string | undefined, ask: CompanyAsk): Locale {
  if (named === undefined) return ask.locale;
  const locale = LOCALES.find((each) => each === named);
  if (locale !== undefined) return locale;
  throw refuse('malformed-query', {
    faults: [{ pointer: '/locale', code: 'option', parameters: { options: LOCALES.join(', ') } }],
  });
}
