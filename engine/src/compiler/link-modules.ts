import type { ModuleDocument } from '../metamodel/source.ts';
import type { FoldedDocument } from './fold.ts';
import type { Report } from './report.ts';
import { faultAt, nearestHint } from './report.ts';

export interface LinkedModule {
  readonly slug: string;
  readonly document: FoldedDocument;
  readonly source: ModuleDocument;
  readonly dependencies: readonly string[];
  /** The module itself and everything it depends on, however far. */
  readonly reachable: ReadonlySet<string>;
}

/** Resolves the dependencies of all modules and gives them in an order in which each follows what it needs. */
export function linkModules(documents: readonly FoldedDocument[], report: Report): readonly LinkedModule[] {
  const manifests = new Map(
    documents.filter((document) => document.kind === 'module').map((document) => [document.name, document]),
  );
  const linked = new Map<string, LinkedModule>();
  const open: string[] = [];

  const visit = (slug: string, document: FoldedDocument): LinkedModule => {
    const known = linked.get(slug);
    if (known !== undefined) return known;
    open.push(slug);
    const source = document.body as unknown as ModuleDocument;
    const reachable = new Set([slug]);
    const dependencies: string[] = [];
    for (const [index, name] of (source.dependencies ?? []).entries()) {
      const pointer = `/dependencies/${index}`;
      const needed = manifests.get(name);
      if (needed === undefined) {
        faultAt(
          report,
          { document },
          pointer,
          'unknown-module',
          `There is no module “${name}”`,
          nearestHint(name, manifests.keys()),
        );
      } else if (open.includes(name)) {
        const circle = [...open.slice(open.indexOf(name)), name].join(' → ');
        faultAt(
          report,
          { document },
          pointer,
          'module-cycle',
          `The modules depend on each other in a circle: ${circle}`,
        );
      } else {
        dependencies.push(name);
        for (const further of visit(name, needed).reachable) reachable.add(further);
      }
    }
    open.pop();
    const module: LinkedModule = { slug, document, source, dependencies, reachable };
    linked.set(slug, module);
    return module;
  };

  for (const [slug, document] of manifests) visit(slug, document);
  return [...linked.values()];
}
