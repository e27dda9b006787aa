import { storedInstant } from '../base/clock.ts';
import { companyFrom } from '../access/identities.ts';
import type { CompanyEntry } from '../access/member.ts';
import type { Reader, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';

const COLUMNS = `
  id AS company_id, slug, name AS company_name, owner_id, locale AS company_locale, currency, timezone, model_hash,
  metadata_version`;
const FIND = statement(`SELECT ${COLUMNS} FROM ${table('companies')} WHERE id = ?`);
const FIND_BY_SLUG = statement(`SELECT ${COLUMNS} FROM ${table('companies')} WHERE slug = ?`);
const LIST = statement(`SELECT ${COLUMNS} FROM ${table('companies')} WHERE is_active = 1 ORDER BY id`);
const SWITCH = statement(
  `UPDATE ${table('companies')} SET model_hash = ?, metadata_version = ?, updated_at = ?
   WHERE id = ? AND metadata_version = ?`,
);

export async function findCompany(reader: Reader, id: string): Promise<CompanyEntry | null> {
  const row = await reader.get(FIND, [id]);
  return row === undefined ? null : companyFrom(row);
}

export async function findCompanyBySlug(reader: Reader, slug: string): Promise<CompanyEntry | null> {
  const row = await reader.get(FIND_BY_SLUG, [slug]);
  return row === undefined ? null : companyFrom(row);
}

/** All companies that are served. */
export async function listCompanies(reader: Reader): Promise<readonly CompanyEntry[]> {
  return (await reader.all(LIST)).map(companyFrom);
}

/**
 * Makes a model the one that serves the company, as its next metadata version: one write, so every request sees the old
 * one or the new. Answers false when somebody else switched meanwhile.
 */
export async function switchModel(writer: Session, entry: CompanyEntry, modelHash: string): Promise<boolean> {
  const { changes } = await writer.run(SWITCH, [
    modelHash,
    entry.metadataVersion + 1,
    storedInstant(Date.now()),
    entry.id,
    entry.metadataVersion,
  ]);
  return changes === 1;
}
