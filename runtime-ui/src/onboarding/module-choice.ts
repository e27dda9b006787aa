import type { CatalogModule } from '../api/catalog.ts';

export type ModulesBySlug = ReadonlyMap<string, CatalogModule>;

/** What a choice of modules comes to: the chosen ones and all they need, each after those it needs. */
export function withDependencies(chosen: Iterable<string>, modules: ModulesBySlug): readonly string[] {
  const ordered = new Set<string>();
  const open = new Set<string>();
  const visit = (slug: string): void => {
    if (ordered.has(slug) || open.has(slug)) return;
    open.add(slug);
    for (const needed of modules.get(slug)?.dependencies ?? []) visit(needed);
    ordered.add(slug);
  };
  for (const slug of chosen) visit(slug);
  return [...ordered];
}

/** Everything a module needs, near and far, without itself. */
export function dependenciesOf(slug: string, modules: ModulesBySlug): readonly string[] {
  return withDependencies([slug], modules).filter((needed) => needed !== slug);
}

/** Those of some modules that need this one, near or far: they go when it goes. */
export function dependantsOf(slug: string, among: Iterable<string>, modules: ModulesBySlug): readonly string[] {
  return [...among].filter((other) => dependenciesOf(other, modules).includes(slug));
}
