import { storedInstant } from '../base/clock.ts';
import type { Reader, Session } from '../storage/database.ts';
import { statement, table } from '../storage/statement.ts';
import type { RawRow } from '../storage/statement.ts';
import type { Configuration } from './configuration.ts';

/** A row of user_modules: a module that a company has, or had. The modules of a company are those of its owner. */
export interface Activation {
  readonly id: string;
  readonly moduleId: string;
  readonly slug: string;
  readonly isActive: boolean;
  /** As stored; null when it never was active. */
  readonly activatedAt: string | null;
  readonly configuration: Configuration;
}

const SELECT = `
  SELECT a.id, a.module_id, m.slug, a.is_active, a.activated_at, a.configuration
  FROM ${table('user_modules')} a JOIN ${table('modules')} m ON m.id = a.module_id`;
const LIST = statement(`${SELECT} WHERE a.user_id = ? ORDER BY m.sort_order, m.id`);
const UPDATE_STATE = statement(
  `UPDATE ${table('user_modules')} SET is_active = ?, activated_at = ?, updated_at = ? WHERE id = ?`,
);
const UPDATE_CONFIGURATION = statement(
  `UPDATE ${table('user_modules')} SET configuration = ?, updated_at = ? WHERE id = ?`,
);
const INSERT = statement(`
  INSERT INTO ${table('user_modules')}
    (user_id, module_id, is_active, activated_at, configuration, created_at, updated_at)
  SELECT ?, id, 1, ?, ?, ?, ? FROM ${table('modules')} WHERE slug = ?`);

/** All modules the company of this owner has or had, in the order of the catalog. */
export async function listActivations(reader: Reader, ownerId: string): Promise<readonly Activation[]> {
  return (await reader.all(LIST, [ownerId])).map(activationFrom);
}

function activationFrom(row: RawRow): Activation {
  const configuration = row['configuration'];
  return {
    id: String(row['id']),
    moduleId: String(row['module_id']),
    slug: String(row['slug']),
    isActive: Number(row['is_active']) === 1,
    activatedAt: row['activated_at'] === null ? null : String(row['activated_at']),
    configuration: typeof configuration === 'string' ? (JSON.parse(configuration) as Configuration) : {},
  };
}

/** Marks modules active; those that were active before keep their configuration. */
export async function markActive(
  writer: Session,
  ownerId: string,
  slugs: readonly string[],
  configurations: ReadonlyMap<string, Configuration>,
): Promise<void> {
  const now = storedInstant(Date.now());
  const known = new Map((await listActivations(writer, ownerId)).map((activation) => [activation.slug, activation]));
  for (const slug of slugs) {
    const activation = known.get(slug);
    const configuration = configurations.get(slug);
    if (activation === undefined) {
      await writer.run(INSERT, [ownerId, now, JSON.stringify(configuration ?? {}), now, now, slug]);
      continue;
    }
    await writer.run(UPDATE_STATE, [true, now, now, activation.id]);
    if (configuration !== undefined) await configure(writer, activation.id, configuration);
  }
}

export async function markInactive(writer: Session, activation: Activation): Promise<void> {
  await writer.run(UPDATE_STATE, [false, activation.activatedAt, storedInstant(Date.now()), activation.id]);
}

export async function configure(writer: Session, id: string, configuration: Configuration): Promise<void> {
  await writer.run(UPDATE_CONFIGURATION, [JSON.stringify(configuration), storedInstant(Date.now()), id]);
}
