import { compile } from '../compiler/compile.ts';
import type { Compilation } from '../compiler/compile.ts';
import type { Model } from '../compiler/model.ts';
import type { SourceLayer } from '../compiler/source-layer.ts';
import type { Diagnostic } from '../metamodel/diagnostic.ts';
import { BoundedMap } from '../storage/bounded-map.ts';
import { EMPTY_LAYER, sourceLayerOf } from './company-layer.ts';
import type { CompanyLayer } from './company-layer.ts';
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
 * Compiled models by the hash of what they were compiled from. Companies with the same modules and no documents of
 * their own share one model, however many they are.
 */
export class ModelCache {
  readonly #shipped: Shipped;
  readonly #models = new BoundedMap<string, Model>(MODELS_MAX);

  constructor(shipped: Shipped) {
    this.#shipped = shipped;
  }

  /** The hash of the model that these modules and this layer make together; '' for nothing at all. */
  hashOf(slugs: ReadonlySet<string>, layer: CompanyLayer = EMPTY_LAYER): string {
    if (slugs.size === 0 && layer.hash === '') return '';
    const own = layer.hash === '' ? [] : ['company', layer.hash];
    return hashOf([...this.#chosen(slugs).map((module) => module.hash), ...own]);
  }

  /** The model of these modules, which must hold their dependencies, and of a company's layer. Throws MetadataFault. */
  modelOf(slugs: ReadonlySet<string>, layer: CompanyLayer = EMPTY_LAYER): Model {
    const { model, diagnostics } = this.compile(slugs, layer);
    if (model === null) throw new MetadataFault(diagnostics);
    return model;
  }

  /** The same with what there is to say about it; no diagnostics for a model that was compiled before. */
  compile(slugs: ReadonlySet<string>, layer: CompanyLayer): Compilation {
    const hash = this.hashOf(slugs, layer);
    const known = this.#models.get(hash);
    if (known !== undefined) return { model: known, diagnostics: [] };
    const own = layer.hash === '' ? [] : [sourceLayerOf(layer)];
    const compilation = compile([...this.layersOf(slugs), ...own], hash);
    if (compilation.model !== null) this.#models.set(hash, compilation.model);
    return compilation;
  }

  /** The layers of these modules, each after those it needs. */
  layersOf(slugs: ReadonlySet<string>): readonly SourceLayer[] {
    return this.#chosen(slugs).map(({ layer }) => layer);
  }

  #chosen(slugs: ReadonlySet<string>): readonly ShippedModule[] {
    return [...this.#shipped.modules.values()].filter(({ slug }) => slugs.has(slug));
  }
}
