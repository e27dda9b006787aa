import { dateIn } from '../base/clock.ts';
import type { Model } from '../compiler/model.ts';
import type { Row } from '../expression/evaluation.ts';
import type { CompanyEntry } from '../access/member.ts';
import type { Place } from '../access/authorize.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { FieldCipher, RecordContext } from '../records/context.ts';
import type { Database } from '../storage/database.ts';
import type { CompanyLayer } from './company-layer.ts';

/** One company as this process serves it: immutable, replaced as a whole when its metadata changes. */
export interface CompanyRuntime extends Place {
  readonly entry: CompanyEntry;
  readonly database: Database;
  readonly model: Model;
  /** Slugs of the modules that are active. */
  readonly modules: ReadonlySet<string>;
  /** What the company says beyond its modules. */
  readonly layer: CompanyLayer;
  readonly company: Row;
  readonly settings: Row;
  readonly cipher: FieldCipher;
}

/** What expressions may read of the company; see compiler/infer.ts. */
export function companyRow(entry: CompanyEntry): Row {
  return {
    name: entry.name,
    currency: entry.currency,
    country: countryOf(entry.currency),
    locale: entry.locale,
    timezone: entry.timezone,
  };
}

/** ISO 4217 names a currency after its country (ISO 3166); currencies of several countries begin with X or are EUR. */
function countryOf(currency: string): string {
  return currency.startsWith('X') || currency === 'EUR' ? '' : currency.slice(0, 2);
}

/** The context of one operation, with its clock stopped at this moment. */
export function recordContext(
  company: CompanyRuntime,
  actor: Actor,
  beforeCommit?: RecordContext['beforeCommit'],
): RecordContext {
  const milliseconds = Date.now();
  return {
    database: company.database,
    model: company.model,
    today: dateIn(company.entry.timezone, milliseconds),
    now: new Date(milliseconds).toISOString(),
    globals: { user: { id: actor.id, name: actor.name }, company: company.company, settings: company.settings },
    cipher: company.cipher,
    ...(beforeCommit === undefined ? {} : { beforeCommit }),
  };
}
