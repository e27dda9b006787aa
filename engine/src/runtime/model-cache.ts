import { compile } from '../compiler/compile.ts';
import type { Model } from '../compiler/model.ts';
import type { Diagnostic } from '../metamodel/diagnostic.ts';
import { BoundedMap } from '../storage/bounded-map.ts';
import { hashOf } from './shipped.ts';
import type { Shipped, ShippedModule } from './shipped.ts';

const MODELS_MAX = 64;

/** Metadata that does not compile; it never runs. */
export class MetadataFault extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    super(
      `${errors.length} faults in metadata; first: ${first?.file ?? ''}${first?.pointer ?? ''} ${first?.message ?? ''}`,
    );
    this.name = 'MetadataFault';
    this.diagnostics = diagnostics;
  }
}

/**
 * Compiled models by the hash of what they were compiled from. Companies with the same modules share one model, however
 * many they are.
 */
export class ModelCache {
  readonly #shipped: Shipped;
  readonly #models = new BoundedMap<string, Model>(MODELS_MAX);

  constructor(shipped: Shipped) {
    this.#shipped = shipped;
  }

  /** The hash of the model that these modules make together; '' for no modules. */
  hashOf(slugs: ReadonlySet<string>): string {
    return slugs.size === 0 ? '' : hashOf(this.#chosen(slugs).map((module) => module.hash));
  }

  /** The model of these modules, which must hold their dependencies. Throws MetadataFault. */
  modelOf(slugs: ReadonlySet<string>): Model {
    const hash = this.hashOf(slugs);
    const known = this.#models.get(hash);
    if (known !== undefined) return known;
    const { model, diagnostics } = compile(
      this.#chosen(slugs).map(({ layer }) => layer),
      hash,
    );
    if (model === null) throw new MetadataFault(diagnostics);
    this.#models.set(hash, model);
    return model;
  }

  #chosen(slugs: ReadonlySet<string>): readonly ShippedModule[] {
    return [...this.#shipped.modules.values()].filter(({ slug }) => slugs.has(slug));
  }
}
