import type { Migrations } from '../engine/src/storage/schema/migrate.ts';
import { catalogSteps } from './catalog/index.ts';
import { companySteps } from './company/index.ts';

/** What brings a catalog database up to date. A new step gets the next number; a published one never changes. */
export const catalogMigrations: Migrations = catalogSteps;

/** What brings a company's database up to date, before any of its own tables. */
export const companyMigrations: Migrations = companySteps;
