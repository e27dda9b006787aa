import type { CompanyEntry } from '../access/member.ts';
import { refuse } from '../base/errors.ts';
import type { Refusal } from '../base/errors.ts';
import type { Model } from '../compiler/model.ts';
import type { Actor } from '../metamodel/operation.ts';
import type { Log } from '../base/log.ts';
import type { Database, DatabaseServer, Session } from '../storage/database.ts';
import { StorageError } from '../storage/fault.ts';
import { withLock } from '../storage/lock.ts';
import { applySchema, SchemaRefusal } from '../storage/schema/apply.ts';
import { noteActivity } from './activities.ts';
import { listActivations, markActive, markInactive } from './activations.ts';
import type { Activation } from './activations.ts';
import { findCompany, switchModel } from './company-entries.ts';
import { EMPTY_LAYER } from './company-layer.ts';
import type { CompanyLayer } from './company-layer.ts';
import type { Configuration } from './configuration.ts';
import { checkConfiguration, settingsRow } from './configuration.ts';
import { loadFixtures } from './fixtures.ts';
import { findPlan } from './metadata-plans.ts';
import type { StoredPlan } from './metadata-plans.ts';
import { layerOfVersion, rememberVersion } from './metadata-versions.ts';
import { MetadataFault } from './model-cache.ts';
import type { ModelCache } from './model-cache.ts';
import { beginChange, closeChange, countAttempt, openChanges } from './pending-changes.ts';
import type { PendingChange } from './pending-changes.ts';
import { Turns } from './turns.ts';
import type { Shipped } from './shipped.ts';
import type { FieldCipher } from '../records/context.ts';

/** A change that fails so often does not get better by being tried again. */
const ATTEMPTS_MAX = 3;

const LOCK_NAME = 'metadata';

/** Each change holds connections while it waits for others; more at once would wait for each other. */
const SIDE_BY_SIDE_MAX = 4;

export interface ChangeServices {
  readonly server: DatabaseServer;
  readonly shipped: Shipped;
  readonly models: ModelCache;
  readonly log: Log;
  cipherOf(companyId: string): FieldCipher;
  /** Tells every process that companies changed; called after the switch. */
  announce(): Promise<void>;
}

/** A company with no change under way. */
export interface Settled {
  readonly entry: CompanyEntry;
  readonly activations: readonly Activation[];
  /** Slugs of the modules that run. */
  readonly modules: ReadonlySet<string>;
  readonly layer: CompanyLayer;
}

/** What a company is to serve, and who wants it so. */
interface Target {
  readonly modules: ReadonlySet<string>;
  readonly layer: CompanyLayer;
  /** Null, or absent, when the engine itself wants it. */
  readonly actor?: Actor | null;
  readonly note?: string | null;
}

/**
 * Changes of what a company runs. Each prepares the company's database first (tables, first records: all safe to
 * repeat, none in the way of the model that serves) and then switches in one transaction of the catalog. Killed
 * anywhere, it is finished by `settle`; failed, it leaves the old model serving.
 */
export class MetadataChanges {
  readonly #services: ChangeServices;
  readonly #turns = new Turns(SIDE_BY_SIDE_MAX);

  constructor(services: ChangeServices) {
    this.#services = services;
  }

  /**
   * Activates a module and what it depends on (R-A8). Answers the slugs that became active; none when all were.
   * Throws `not-found` for an unknown module, `invalid` for a wrong configuration.
   */
  async activate(
    entry: CompanyEntry,
    slug: string,
    configuration: Configuration | null,
    actor: Actor,
  ): Promise<readonly string[]> {
    return this.#locked(entry, async (current, activations, layer) => {
      const active = activeSlugs(activations);
      const wanted = this.#closureOf(slug);
      const added = wanted.filter((each) => !active.has(each));
      const model = this.#modelWith(new Set([...active, ...wanted]), layer);
      if (configuration !== null) {
        const fields = model.modules.find((module) => module.slug === slug)?.settings ?? [];
        checkConfiguration(configuration, fields, '/configuration');
      }
      if (added.length === 0) return [];
      const change = await beginChange(this.#services.server.catalog, {
        companyId: current.id,
        kind: 'activate',
        subject: slug,
        payload: {
          modules: added,
          configurations: configuration === null ? {} : { [slug]: configuration },
          actorName: actor.name,
        },
        actorId: actor.kind === 'system' ? null : actor.id,
      });
      await this.#carryOut(change, current, activations, actor, layer);
      return added;
    });
  }

  /** Hides a module's records and keeps them. Throws `module-needed` while other active modules depend on it. */
  async deactivate(entry: CompanyEntry, slug: string, actor: Actor): Promise<void> {
    await this.#locked(entry, async (current, activations, layer) => {
      const active = activeSlugs(activations);
      const activation = activations.find((each) => each.slug === slug);
      if (activation === undefined || !active.has(slug)) return;
      const dependants = [...active].filter((each) => each !== slug && this.#closureOf(each).includes(slug));
      if (dependants.length > 0) {
        throw refuse('module-needed', {
          parameters: { dependants: dependants.join(', ') },
          faults: dependants.map((each) => ({ pointer: '', code: 'needed-by', parameters: { module: each } })),
        });
      }
      active.delete(slug);
      if (layer.hash !== '') this.#modelWith(active, layer);
      await this.#switch(current, { modules: active, layer }, async (transaction) => {
        await markInactive(transaction, activation);
        await noteActivity(transaction, { companyId: current.id, actor, action: 'module.deactivate', subject: slug });
      });
    });
  }

  /** Writes settings of modules, as a new metadata version, so that every process reads them anew. */
  async configure(entry: CompanyEntry, write: (transaction: Session) => Promise<void>): Promise<void> {
    await this.#locked(entry, (current, activations, layer) =>
      this.#switch(current, { modules: this.#usable(activeSlugs(activations)), layer }, write),
    );
  }

  /**
   * Publishes a plan: the company's layer becomes the one that was planned. Answers the new version. Throws `not-found`
   * for a plan that is unknown or too old, `conflict` when another version serves than the one it was made for, when the
   * layer does not compile any more, or when the data stands against it.
   */
  async publish(entry: CompanyEntry, planId: string, actor: Actor): Promise<number> {
    const { server } = this.#services;
    return this.#locked(entry, async (current, activations) => {
      const plan = await findPlan(server.company(current.slug), planId);
      if (plan === null || plan.isExpired) throw refuse('not-found');
      demandBase(plan, current);
      this.#modelWith(this.#usable(activeSlugs(activations)), plan.layer);
      const change = await beginChange(server.catalog, {
        companyId: current.id,
        kind: 'publish',
        subject: plan.id,
        payload: { modules: [], configurations: {}, actorName: actor.name },
        actorId: actor.kind === 'system' ? null : actor.id,
      });
      await this.#carryOut(change, current, activations, actor, plan.layer);
      return current.metadataVersion + 1;
    });
  }

  /**
   * Finishes what was begun for a company, and brings it up to date with modules that were shipped anew. Costs two
   * reads when there is nothing to do.
   */
  async settle(entry: CompanyEntry): Promise<Settled> {
    const { catalog } = this.#services.server;
    const activations = await listActivations(catalog, entry.ownerId);
    const open = await openChanges(catalog, entry.id);
    const settled = this.#settled(entry, activations, await this.#layerOf(entry));
    return open.length === 0 && this.#isUpToDate(settled)
      ? settled
      : this.#locked(entry, () => this.#settleLocked(entry));
  }

  async #settleLocked(entry: CompanyEntry): Promise<Settled> {
    const { server, log } = this.#services;
    const { catalog } = server;
    for (const change of await openChanges(catalog, entry.id)) {
      const actor = systemActor(change.payload.actorName);
      const current = await this.#current(entry);
      try {
        const activations = await listActivations(catalog, current.ownerId);
        await this.#carryOut(change, current, activations, actor, await this.#layerFor(change, current));
      } catch (error) {
        if (mayPass(error)) throw error;
        // It was closed as failed, and the model from before it goes on serving.
        log.error({ err: error, company: current.slug, change: change.id }, 'A change was given up');
      }
    }
    const current = await this.#current(entry);
    const activations = await listActivations(catalog, current.ownerId);
    const settled = this.#settled(current, activations, await this.#layerOf(current));
    if (this.#isUpToDate(settled)) return settled;
    await this.#upgrade(settled);
    return this.#settled(await this.#current(entry), activations, settled.layer);
  }

  #settled(entry: CompanyEntry, activations: readonly Activation[], layer: CompanyLayer): Settled {
    return { entry, activations, modules: this.#usable(activeSlugs(activations)), layer };
  }

  #isUpToDate({ entry, modules, layer }: Settled): boolean {
    return this.#services.models.hashOf(modules, layer) === entry.modelHash;
  }

  /** The layer that serves: that of the version the catalog names. A company without versions never had any. */
  async #layerOf(entry: CompanyEntry): Promise<CompanyLayer> {
    return entry.metadataVersion === 0
      ? EMPTY_LAYER
      : layerOfVersion(this.#services.server.company(entry.slug), entry.metadataVersion);
  }

  /** The layer that serves once an interrupted change is finished. */
  async #layerFor(change: PendingChange, current: CompanyEntry): Promise<CompanyLayer> {
    if (change.kind !== 'publish') return this.#layerOf(current);
    const plan = await findPlan(this.#services.server.company(current.slug), change.subject);
    return plan === null ? this.#layerOf(current) : plan.layer;
  }

  /** The model of modules and a layer. Throws `conflict` with what is wrong when they do not fit together. */
  #modelWith(modules: ReadonlySet<string>, layer: CompanyLayer): Model {
    try {
      return this.#services.models.modelOf(modules, layer);
    } catch (error) {
      throw error instanceof MetadataFault && layer.hash !== '' ? brokenRefusal(error) : error;
    }
  }

  /** One change of a company at a time, in all processes, seeing the state that the one before left. */
  async #locked<T>(
    entry: CompanyEntry,
    work: (current: CompanyEntry, activations: readonly Activation[], layer: CompanyLayer) => Promise<T>,
  ): Promise<T> {
    const { server } = this.#services;
    return this.#turns.take(() =>
      withLock(server.company(entry.slug), LOCK_NAME, async () => {
        const current = await this.#current(entry);
        return work(current, await listActivations(server.catalog, current.ownerId), await this.#layerOf(current));
      }),
    );
  }

  async #current(entry: CompanyEntry): Promise<CompanyEntry> {
    const current = await findCompany(this.#services.server.catalog, entry.id);
    if (current === null) throw refuse('not-found');
    return current;
  }

  /** Active modules that are shipped together with all they depend on. */
  #usable(slugs: ReadonlySet<string>): Set<string> {
    const { modules } = this.#services.shipped;
    return new Set(
      [...slugs].filter((slug) => modules.has(slug) && this.#closureOf(slug).every((each) => slugs.has(each))),
    );
  }

  /** The module and all it depends on, those needed first. Throws `not-found`. */
  #closureOf(slug: string): readonly string[] {
    const { modules } = this.#services.shipped;
    if (!modules.has(slug)) throw refuse('not-found');
    const needed = new Set<string>();
    const visit = (each: string): void => {
      if (needed.has(each)) return;
      needed.add(each);
      for (const dependency of modules.get(each)?.manifest.dependencies ?? []) visit(dependency);
    };
    visit(slug);
    return [...modules.keys()].filter((each) => needed.has(each));
  }

  async #carryOut(
    change: PendingChange,
    current: CompanyEntry,
    activations: readonly Activation[],
    actor: Actor,
    layer: CompanyLayer,
  ): Promise<void> {
    const { server, log } = this.#services;
    try {
      await countAttempt(server.catalog, change.id);
      const active = activeSlugs(activations);
      for (const slug of change.payload.modules) active.add(slug);
      const configurations = new Map(Object.entries(change.payload.configurations));
      // A module that is not shipped any more must not keep a company from publishing.
      const modules = change.kind === 'publish' ? this.#usable(active) : active;
      const target: Target = { modules, layer, actor, note: await this.#noteOf(change, current) };
      const model = await this.#prepare(current, target, activations, configurations);
      await this.#switch(current, target, async (transaction) => {
        await markActive(transaction, current.ownerId, change.payload.modules, configurations);
        for (const slug of change.payload.modules) {
          await noteActivity(transaction, { companyId: current.id, actor, action: 'module.activate', subject: slug });
        }
        if (change.kind === 'publish') {
          const subject = String(current.metadataVersion + 1);
          await noteActivity(transaction, { companyId: current.id, actor, action: 'metadata.publish', subject });
        }
        await closeChange(transaction, change.id, null);
      });
      const facts = { company: current.slug, modules: change.payload.modules, model: model.hash };
      log.info(facts, change.kind === 'publish' ? 'Metadata was published' : 'Modules were activated');
    } catch (error) {
      if (!mayPass(error) || change.attempts + 1 >= ATTEMPTS_MAX) {
        const fault = error instanceof Error ? error.message : String(error);
        await server.catalog.transaction((transaction) => closeChange(transaction, change.id, fault));
      }
      throw error instanceof SchemaRefusal ? blockedRefusal(error) : error;
    }
  }

  async #noteOf(change: PendingChange, current: CompanyEntry): Promise<string | null> {
    if (change.kind !== 'publish') return null;
    return (await findPlan(this.#services.server.company(current.slug), change.subject))?.note ?? null;
  }

  async #upgrade({ entry, activations, modules, layer }: Settled): Promise<void> {
    await this.#prepare(entry, { modules, layer }, activations, new Map());
    await this.#switch(entry, { modules, layer }, async () => undefined);
    this.#services.log.info({ company: entry.slug }, 'The company runs the modules as they are shipped now');
  }

  /** Makes the tables and first records that modules and layer need. Safe to repeat. */
  async #prepare(
    entry: CompanyEntry,
    { modules, layer }: Target,
    activations: readonly Activation[],
    configurations: ReadonlyMap<string, Configuration>,
  ): Promise<Model> {
    const { server, models } = this.#services;
    const database: Database = server.company(entry.slug);
    const model = models.modelOf(modules, layer);
    await applySchema(database, model.tables, model.hash);
    const all = new Map([
      ...activations.map((activation) => [activation.slug, activation.configuration] as const),
      ...configurations,
    ]);
    await loadFixtures(database, model, entry, settingsRow(model, all), this.#services.cipherOf(entry.id));
    return model;
  }

  async #switch(
    entry: CompanyEntry,
    { modules, layer, actor = null, note = null }: Target,
    write: (transaction: Session) => Promise<void>,
  ): Promise<void> {
    const { server, models, announce } = this.#services;
    const hash = models.hashOf(modules, layer);
    const number = entry.metadataVersion + 1;
    await rememberVersion(server.company(entry.slug), { number, hash, modules: [...modules], layer, actor, note });
    await server.catalog.transaction(async (transaction) => {
      if (!(await switchModel(transaction, entry, hash))) throw refuse('conflict');
      await write(transaction);
    });
    await announce();
  }
}

function activeSlugs(activations: readonly Activation[]): Set<string> {
  return new Set(activations.filter(({ isActive }) => isActive).map(({ slug }) => slug));
}

/** The engine itself, finishing what a person began. */
function systemActor(name: string): Actor {
  return { kind: 'system', id: 'resume', name, roles: [], locale: 'en' };
}

/** Whether trying again later may succeed. */
function mayPass(error: unknown): boolean {
  return error instanceof StorageError && (error.kind === 'busy' || error.kind === 'unavailable');
}

/** Somebody else changed what serves since the plan was made. */
function demandBase(plan: StoredPlan, current: CompanyEntry): void {
  if (plan.base !== current.metadataVersion) throw refuse('plan-outdated');
}

/** Says what would be wrong with the metadata of the company. */
function brokenRefusal(fault: MetadataFault): Refusal {
  const faults = fault.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ file, pointer, message }) => ({
      pointer: '',
      code: 'metadata-fault',
      parameters: { place: `${file}${pointer}`, reason: message },
    }));
  return refuse('conflict', { faults, cause: fault });
}

/** Says which tables stand in the way of a model. */
function blockedRefusal(error: SchemaRefusal): Refusal {
  const faults = error.blocked.map(({ table, column, reason }) => ({
    pointer: '',
    code: 'schema-blocked',
    parameters: { place: column === null ? table : `${table}.${column}`, reason },
  }));
  return refuse('conflict', { faults, cause: error });
}
