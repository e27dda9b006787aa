import { creatingTables } from '../create-tables.ts';
import { comment } from './comments.ts';
import { historySeal } from './history-seal.ts';
import { counter, file, history, idempotency, outbox, savedView, sequence, setting, word } from './records.ts';
import { rollupQueue, voucher } from './ledgers.ts';
import { costBasis, costLayer, recost } from './recost.ts';
import { approval, delegation, effect, memberLimit, notification, outboxFailure, schedule } from './workflow.ts';
import { erasure, historyReseal } from './erasures.ts';
import { movingShares, share, shared } from './shares.ts';
import {
  designerPresence,
  metadataBase,
  metadataDocument,
  metadataDraft,
  metadataPlan,
  metadataVersion,
  schemaJournal,
} from './metadata.ts';
import { importReject, recordImport } from './imports.ts';

const recordTables = [
  history,
  outbox,
  idempotency,
  sequence,
  counter,
  word,
  savedView,
  file,
  setting,
  metadataVersion,
  metadataDocument,
  schemaJournal,
];
const ledgerTables = [voucher, rollupQueue];
const workflowTables = [approval, delegation, memberLimit, effect, outboxFailure, notification, schedule];
const costTables = [costLayer, costBasis, recost];

const historyTables = [historySeal];
const commentTables = [comment];
const shareTables = [share];
const sharedTables = [shared];
const erasureTables = [erasure, historyReseal];
const planTables = [metadataPlan];
const designerTables = [metadataDraft, designerPresence];
const baseTables = [metadataBase];
const importTables = [recordImport, importReject];

/** The engine's own tables in every company's database. */
export const companyTables = [
  ...recordTables,
  ...ledgerTables,
  ...workflowTables,
  ...costTables,
  ...historyTables,
  ...commentTables,
  ...shareTables,
  ...planTables,
  ...designerTables,
  ...baseTables,
  ...sharedTables,
  ...importTables,
  ...erasureTables,
];

export const companySteps = {
  '0001-company': creatingTables(recordTables),
  '0002-ledgers': creatingTables(ledgerTables),
  '0003-workflow': creatingTables(workflowTables),
  '0004-recost': creatingTables(costTables),
  '0006-history-seal': creatingTables(historyTables),
  '0007-comments': creatingTables(commentTables),
  '0008-shares': creatingTables(shareTables),
  '0009-metadata-plans': creatingTables(planTables),
  '0010-designer': creatingTables(designerTables),
  '0011-shared': movingShares,
  '0012-metadata-base': creatingTables(baseTables),
  '0013-imports': creatingTables(importTables),
  '0014-erasures': creatingTables(erasureTables),
};
