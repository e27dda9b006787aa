import { demandSize, readPackage } from '../api/customising-input.ts';
import { faultMessage, refusalMessage } from '../api/messages.ts';
import { Refusal } from '../base/errors.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { CompanyRuntime } from '../runtime/company.ts';
import type { CompanyLayer } from '../runtime/company-layer.ts';
import type { Engine } from '../runtime/engine.ts';
import { isScope, layerWithPackage, packageOf } from '../runtime/metadata-package.ts';
import { documentChanges, planLayer } from '../runtime/metadata-planning.ts';
import type { LayerPlan } from '../runtime/metadata-planning.ts';
import { findVersion } from '../runtime/metadata-versions.ts';
import { noteStandard } from '../runtime/standard-base.ts';
import { command, CommandFault } from './command.ts';
import { readPackageFrom, writePackage } from './metadata-folder.ts';
import { demandCompany, withEngine } from './open.ts';

const OPERATOR: Actor = { kind: 'system', id: 'command-line', name: 'command line', roles: [], locale: 'en' };

interface Choices {
  readonly company: string;
  readonly json?: boolean;
}

/** Writes the documents of a company, or of one of its modules, to a file or a folder. */
export function exportMetadata(path: string, choices: Choices & { readonly scope: string }): Promise<void> {
  return atCompany(choices.company, async (_engine, company) => {
    if (!isScope(choices.scope)) throw new CommandFault('The scope is “company” or “module:{slug}”.');
    const content = packageOf(company.layer, choices.scope);
    await writePackage(path, content);
    process.stdout.write(`${content.documents.length} documents written to ${path}\n`);
  });
}

/** Says how a company differs from a file or folder; the exit code is 1 when it does. */
export function diffMetadata(path: string, choices: Choices): Promise<void> {
  return atCompany(choices.company, async (_engine, company) => {
    const changes = documentChanges(company.layer, await wantedLayer(company, path));
    if (choices.json === true) process.stdout.write(`${JSON.stringify(changes, null, 2)}\n`);
    else process.stdout.write(changes.length === 0 ? 'Nothing differs.\n' : changeLines(changes));
    if (changes.length > 0) process.exitCode = 1;
  });
}

/** Shows what publishing a file or folder would do; the exit code is 1 when it cannot be published. */
export function planMetadata(path: string, choices: Choices): Promise<void> {
  return atCompany(choices.company, async (engine, company) => {
    const plan = await planLayer(engine.models, company, await wantedLayer(company, path), { note: null, keep: false });
    show(plan, choices.json === true);
    if (!isPossible(plan)) process.exitCode = 1;
  });
}

/** Publishes a file or folder in place of everything in its scope. */
export function applyMetadata(path: string, choices: Choices & { readonly note?: string }): Promise<void> {
  return atCompany(choices.company, async (engine, company) => {
    await publish(engine, company, await wantedLayer(company, path), choices.note ?? `apply ${path}`, choices.json);
  });
}

/** Returns to the documents of a former version. */
export function restoreMetadata(version: string, choices: Choices): Promise<void> {
  return atCompany(choices.company, async (engine, company) => {
    const found = /^[1-9]\d{0,8}$/.test(version) ? await findVersion(company.database, Number(version)) : null;
    if (found === null) throw new CommandFault(`There is no version ${version}.`);
    await publish(engine, company, found.layer, `restore ${version}`, choices.json);
  });
}

async function publish(
  engine: Engine,
  company: CompanyRuntime,
  layer: CompanyLayer,
  note: string,
  asJson = false,
): Promise<void> {
  const plan = await planLayer(engine.models, company, layer, { note, keep: true });
  show(plan, asJson);
  if (plan.id === null) {
    process.exitCode = 1;
    return;
  }
  const version = await engine.changes.publish(company.entry, plan.id, OPERATOR);
  await noteStandard(engine.models, await engine.companies.latest(company.entry.id));
  if (!asJson) process.stdout.write(`Version ${version} is published.\n`);
}

async function wantedLayer(company: CompanyRuntime, path: string): Promise<CompanyLayer> {
  const { scope, documents } = readPackage(await readPackageFrom(path));
  const layer = layerWithPackage(company.layer, scope, documents);
  demandSize(layer, '/documents');
  return layer;
}

function isPossible({ hash, diagnostics, risks }: LayerPlan): boolean {
  return (
    hash !== null &&
    !diagnostics.some(({ severity }) => severity === 'error') &&
    !risks.some(({ kind }) => kind === 'blocked' || kind === 'data')
  );
}

function show(plan: LayerPlan, asJson: boolean): void {
  const { changes, steps, diagnostics, risks } = plan;
  if (asJson) {
    const shown = steps.map(({ kind, table, description, rows, blocks }) => ({
      kind,
      table,
      description,
      rows,
      blocks,
    }));
    process.stdout.write(`${JSON.stringify({ changes, steps: shown, diagnostics, risks }, null, 2)}\n`);
    return;
  }
  const lines = [
    ...diagnostics.map(({ severity, file, pointer, message }) => `${severity} ${file} ${pointer}\n  ${message}\n`),
    changes.length === 0 ? 'No document changes.\n' : changeLines(changes),
    ...steps.map(({ description, rows, blocks }) => `  ${description} (about ${rows} rows, ${blocks} waits)\n`),
    ...risks.map(
      ({ kind, subject, reason, examples }) =>
        `${kind} ${subject}${reason === null ? '' : ` ${reason}`}${examples.length === 0 ? '' : `: ${examples.join(', ')}`}\n`,
    ),
  ];
  process.stdout.write(lines.join(''));
}

const SIGNS = { add: '+', change: '~', remove: '-' } as const;

function changeLines(changes: LayerPlan['changes']): string {
  return changes.map(({ kind, name, action }) => `${SIGNS[action]} ${kind} ${name}\n`).join('');
}

/** Runs work on a company; a refusal is told as the API would, fault by fault. */
function atCompany(slug: string, work: (engine: Engine, company: CompanyRuntime) => Promise<void>): Promise<void> {
  return command(() =>
    withEngine(async (engine) => {
      try {
        await work(engine, await engine.companies.open(await demandCompany(engine, slug)));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const faults = error.faults.map((fault) => `\n  ${fault.pointer} ${faultMessage(fault, 'en')}`);
        throw new CommandFault(refusalMessage(error, 'en') + faults.join(''));
      }
    }),
  );
}
