import { inferAutomations } from './automations.ts';
import type { TypedAutomation } from './automations.ts';
import { inferBalanceFields } from './balance-fields.ts';
import type { TypedBalanceField } from './balance-fields.ts';
import { inferOffers } from './open-records.ts';
import type { TypedOffer } from './open-records.ts';
import { inferGrants } from './grants.ts';
import type { TypedGrant } from './grants.ts';
import { inferFlows } from './flows.ts';
import type { TypedFlow } from './flows.ts';
import type { TypedModel } from './infer.ts';
import { inferLedgers } from './ledgers.ts';
import type { TypedLedger } from './ledgers.ts';
import { inferPostings } from './postings.ts';
import type { TypedPosting } from './postings.ts';
import { inferPrints } from './prints.ts';
import type { TypedPrint } from './prints.ts';
import type { Report } from './report.ts';
import { inferWorkflows } from './workflows.ts';
import type { TypedWorkflow } from './workflows.ts';
import { inferReports } from './reports.ts';
import type { TypedReport } from './reports.ts';

/** What stands on the entities and makes them work: one member for each kind of document. */
export interface TypedBehaviour {
  readonly ledgers: ReadonlyMap<string, TypedLedger>;
  readonly postings: readonly TypedPosting[];
  readonly balanceFields: readonly TypedBalanceField[];
  readonly offers: readonly TypedOffer[];
  readonly prints: readonly TypedPrint[];
  readonly workflows: readonly TypedWorkflow[];
  readonly flows: readonly TypedFlow[];
  readonly automations: readonly TypedAutomation[];
  readonly reports: readonly TypedReport[];
  readonly grants: readonly TypedGrant[];
}

/** Types the documents that speak of entities once these are typed. */
export function inferBehaviour({ linked, typist }: TypedModel, report: Report): TypedBehaviour {
  return {
    ledgers: inferLedgers(linked, typist, report),
    postings: inferPostings(linked, typist, report),
    balanceFields: inferBalanceFields(linked, typist, report),
    offers: inferOffers(linked, typist, report),
    prints: inferPrints(linked, typist, report),
    workflows: inferWorkflows(linked, typist, report),
    flows: inferFlows(linked, typist, report),
    automations: inferAutomations(linked, typist, report),
    reports: inferReports(linked, typist, report),
    grants: inferGrants(linked, typist, report),
  };
}
