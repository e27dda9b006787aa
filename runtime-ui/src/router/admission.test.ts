import { expect, it } from 'vitest';
import type { RouteMeta } from 'vue-router';
import { admission } from './admission.ts';

const guest = { isSignedIn: false, isAdmin: false };
const member = { isSignedIn: true, isAdmin: false };
const admin = { isSignedIn: true, isAdmin: true };

const visitors = { guest, member, admin };

const cases: readonly (readonly [visitor: keyof typeof visitors, wanted: RouteMeta['for'], outcome: unknown])[] = [
  ['guest', 'guests', null],
  ['guest', undefined, { name: 'sign-in', query: { next: '/there?page=2' } }],
  ['guest', 'admins', { name: 'sign-in', query: { next: '/there?page=2' } }],
  ['guest', 'everybody', null],
  ['member', 'everybody', null],
  ['member', 'guests', { name: 'dashboard' }],
  ['member', undefined, null],
  ['member', 'admins', { name: 'dashboard' }],
  ['admin', 'guests', { name: 'dashboard' }],
  ['admin', undefined, null],
  ['admin', 'admins', null],
];

it.each(cases)('a %s comes to a screen for %s', (visitor, wanted, outcome) => {
  const meta: RouteMeta = wanted === undefined ? {} : { for: wanted };
  expect(admission({ fullPath: '/there?page=2', meta }, visitors[visitor])).toEqual(outcome);
});

it('asks for no way back to the dashboard', () => {
  expect(admission({ fullPath: '/', meta: {} }, guest)).toEqual({ name: 'sign-in', query: {} });
});
