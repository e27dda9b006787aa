import type { RouteLocationNormalized, RouteLocationRaw } from 'vue-router';

interface Visitor {
  readonly isSignedIn: boolean;
  readonly isAdmin: boolean;
}

/** Where somebody is led who may not come where they wanted; null when they may. The server decides what they see. */
export function admission(
  to: Pick<RouteLocationNormalized, 'fullPath' | 'meta'>,
  visitor: Visitor,
): RouteLocationRaw | null {
  const wanted = to.meta.for;
  if (wanted === 'everybody') return null;
  if (wanted === 'guests') return visitor.isSignedIn ? { name: 'dashboard' } : null;
  if (!visitor.isSignedIn) {
    return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
  }
  return wanted === 'admins' && !visitor.isAdmin ? { name: 'dashboard' } : null;
}
