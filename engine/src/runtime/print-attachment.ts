import type { Print } from '../compiler/print-model.ts';
import { compose } from '../prints/compose.ts';
import { pagePdf } from '../prints/page-pdf.ts';
import type { RecordContext } from '../records/context.ts';
import type { JsonRecord } from '../records/stored-entity.ts';
import type { CompanyRuntime } from './company.ts';

/** A record on paper, in the company's language, to go with a letter. */
export async function printAttachment(
  { entry }: CompanyRuntime,
  print: Print,
  record: JsonRecord,
  { model, globals, today, now }: RecordContext,
): Promise<{ readonly filename: string; readonly content: Buffer }> {
  const page = compose({
    print,
    model,
    record,
    locale: entry.locale,
    company: { name: entry.name, currency: entry.currency, timezone: entry.timezone },
    moment: { globals, today, now },
    titles: new Map(),
    logo: null,
  });
  return { filename: `${page.title.replace(/[/\\]+/g, '-')}.pdf`, content: await pagePdf(page) };
}
