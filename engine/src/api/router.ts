import findMyWay from 'find-my-way';
import type { Route } from './route.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

const PARAMETER_LENGTH_MAX = 200;

export type Match =
  | {
      readonly kind: 'route';
      readonly route: Route;
      readonly parameters: Readonly<Record<string, string | undefined>>;
    }
  /** Nothing has this path. */
  | { readonly kind: 'none' }
  /** The path takes other methods; `allowed` is the text of the `Allow` header. */
  | { readonly kind: 'other-method'; readonly allowed: string };

/** Finds the route of a method and path, in a time that does not grow with the number of routes. */
export interface Router {
  find(method: string, path: string): Match;
}

const NONE: Match = { kind: 'none' };

function unused(): void {
  // Routes are looked up, never called through the radix tree.
}

export function makeRouter(routes: readonly Route[]): Router {
  const tree = findMyWay({ maxParamLength: PARAMETER_LENGTH_MAX });
  for (const route of routes) tree.on(route.method, route.path, unused, route);

  const allowedAt = (path: string): string | null => {
    const taken: string[] = METHODS.filter((method) => tree.find(method, path) !== null);
    if (taken.length === 0) return null;
    if (taken.includes('GET')) taken.push('HEAD');
    return [...taken, 'OPTIONS'].join(', ');
  };

  return {
    find(method, path) {
      const asked = (method === 'HEAD' ? 'GET' : method) as Method;
      const found = METHODS.includes(asked) ? tree.find(asked, path) : null;
      if (found !== null) return { kind: 'route', route: found.store as Route, parameters: found.params };
      const allowed = allowedAt(path);
      return allowed === null ? NONE : { kind: 'other-method', allowed };
    },
  };
}
