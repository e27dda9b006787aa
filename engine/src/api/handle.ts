import type { Context } from 'koa';
import { covers } from '../access/abilities.ts';
import type { Caller } from '../access/caller.ts';
import { isAdmin } from '../access/member.ts';
import type { Member } from '../access/member.ts';
import { sameSecret } from '../access/secret.ts';
import { refuse } from '../base/errors.ts';
import { randomId } from '../base/ids.ts';
import type { Locale } from '../metamodel/text.ts';
import type { CompanyRuntime } from '../runtime/company.ts';
import type { Engine } from '../runtime/engine.ts';
import { BODY_BYTES_MAX, BULK_BODY_BYTES_MAX, readJsonBody } from './body.ts';
import { clientAddress } from './client-address.ts';
import { chooseMember } from './company-choice.ts';
import { credentialsOf } from './credentials.ts';
import { acceptedLocale } from './locale.ts';
import { asRefusal } from './problem.ts';
import type { Limiters } from './limiters.ts';
import { limiterFor } from './limiters.ts';
import { respond, respondProblem } from './respond.ts';
import type { Answer, Ask, CompanyAsk, PersonAsk, Route } from './route.ts';
import type { Match, Router } from './router.ts';

/** What stands behind the doors. */
export interface Gateway {
  readonly engine: Engine;
  readonly router: Router;
  /** Null when the operator switched it off. */
  /** Null when nothing is limited. */
  readonly limiters: Limiters | null;
}

const ADDRESS_LENGTH_MAX = 8_192;
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,64}$/;
const DEFAULT_LOCALE: Locale = 'en';

/** One request to the API, from the first byte to the last: ask → authorize → run → respond. */
export async function handle(gateway: Gateway, context: Context): Promise<void> {
  const began = performance.now();
  const { req, res } = context;
  const id = requestIdOf(req.headers['x-request-id']);
  res.setHeader('X-Request-Id', id);
  let locale = acceptedLocale(req.headers['accept-language']);

  try {
    const { path, queryText } = splitAddress(req.url ?? '/');
    const match = gateway.router.find(context.method, path);
    const caller = await identify(gateway.engine, context);
    locale ??= caller?.person.locale ?? null;
    const address = clientAddress(req, gateway.engine.settings.proxies);
    await countRequest(gateway, context, caller, address);
    if (match.kind === 'other-method' && context.method === 'OPTIONS') {
      respond(context, { status: 204, headers: { Allow: match.allowed } });
      return;
    }
    const { route, parameters } = demandRoute(match);
    authorizeRoute(route, caller, context, gateway.engine);
    if (route.needs === 'nothing' && route.confirms) confirmCaller(caller, context, gateway.engine);
    const member = caller === null ? null : memberFor(route, caller, context, gateway.engine);

    const ask: Asked = {
      id,
      method: context.method,
      path,
      queryText,
      parameters,
      headers: req.headers,
      address,
      locale: locale ?? DEFAULT_LOCALE,
      body: await readBody(route, context),
      bytes: req,
      caller,
      member,
      company: member === null ? null : await gateway.engine.companies.open(member.company),
    };
    const answer = await run(route, ask);

    res.setHeader('Server-Timing', `total;dur=${(performance.now() - began).toFixed(1)}`);
    respond(context, answer);
  } catch (error) {
    const refusal = asRefusal(error, (defect) =>
      gateway.engine.log.error({ err: defect, request: id }, 'A request failed'),
    );
    res.setHeader('Server-Timing', `total;dur=${(performance.now() - began).toFixed(1)}`);
    respondProblem(context, refusal, id, locale ?? DEFAULT_LOCALE);
  }
}

function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : randomId();
}

function splitAddress(url: string): { readonly path: string; readonly queryText: string } {
  if (url.length > ADDRESS_LENGTH_MAX) {
    throw refuse('address-too-long', { parameters: { limit: String(ADDRESS_LENGTH_MAX) } });
  }
  const question = url.indexOf('?');
  return question < 0
    ? { path: url, queryText: '' }
    : { path: url.slice(0, question), queryText: url.slice(question + 1) };
}

/** Who calls. Credentials that are not valid are refused, not overlooked. */
async function identify(engine: Engine, context: Context): Promise<Caller | null> {
  const credentials = credentialsOf(context.req.headers);
  if (credentials === null) return null;
  const caller = await engine.identities.find(credentials.kind, credentials.secret);
  if (caller === null && credentials.kind === 'token') {
    throw refuse('not-signed-in', { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } });
  }
  return caller;
}

async function countRequest(gateway: Gateway, context: Context, caller: Caller | null, address: string): Promise<void> {
  if (gateway.limiters === null) return;
  const limiter = limiterFor(gateway.limiters, caller, context.req.headers);
  const allowance = await limiter.demand(caller === null ? `address ${address}` : `person ${caller.person.id}`);
  const headers = limiter.headers(allowance);
  for (const name of Object.keys(headers)) context.res.setHeader(name, headers[name] as string);
}

function demandRoute(match: Match): Extract<Match, { kind: 'route' }> {
  if (match.kind === 'route') return match;
  if (match.kind === 'none') throw refuse('not-found');
  throw refuse('method-not-allowed', { parameters: { allowed: match.allowed }, headers: { Allow: match.allowed } });
}

/** Whether the caller may use this route at all; what it does to records is authorized once more where it happens. */
function authorizeRoute(route: Route, caller: Caller | null, context: Context, engine: Engine): void {
  const isUnsafe = context.method !== 'GET' && context.method !== 'HEAD';
  if (route.needs === 'nothing') return;
  if (caller === null) throw refuse('not-signed-in', { headers: { 'WWW-Authenticate': 'Bearer' } });
  const verb = isUnsafe && !route.reads ? 'write' : 'read';
  // Abilities for single entities are looked at by access/authorize.
  if (route.area !== 'records' && !covers(caller.abilities, route.area, verb)) throw refuse('forbidden');
  if (isUnsafe && caller.csrfToken !== null) confirmOrigin(caller.csrfToken, context, engine);
}

/** For doors that are open to anyone and still do what their caller may: a browser's session is confirmed as elsewhere. */
function confirmCaller(caller: Caller | null, context: Context, engine: Engine): void {
  if (context.method !== 'GET' && caller !== null && caller.csrfToken !== null) {
    confirmOrigin(caller.csrfToken, context, engine);
  }
}

/** A browser sends its cookie by itself; the token and the origin show that our own page asked for it. */
function confirmOrigin(csrfToken: string, context: Context, engine: Engine): void {
  const sent = context.req.headers['x-csrf-token'];
  if (typeof sent !== 'string' || !sameSecret(sent, csrfToken)) throw refuse('token-not-confirmed');
  const { origin, host } = context.req.headers;
  if (origin === undefined || origin === 'null') return;
  const originHost = URL.canParse(origin) ? new URL(origin).host : '';
  if (originHost !== host && !engine.settings.statefulDomains.includes(originHost)) throw refuse('token-not-confirmed');
}

async function readBody(route: Route, context: Context): Promise<unknown> {
  const { body } = route;
  if (body === 'none' || body === 'bytes') return undefined;
  return readJsonBody(context.req, body === 'bulk' ? BULK_BODY_BYTES_MAX : BODY_BYTES_MAX, body === 'optional');
}

/** The membership that a route needs; null for routes that concern no company. */
function memberFor(route: Route, caller: Caller, context: Context, engine: Engine): Member | null {
  if (route.needs === 'nothing' || route.needs === 'person') return null;
  const member = chooseMember(caller, context.req.headers['x-company'], engine.identities);
  if (route.needs === 'admin' && !isAdmin(member)) throw refuse('forbidden');
  return member;
}

/** An ask as it is put together here: what its route does not need is null. */
interface Asked extends Ask {
  readonly member: Member | null;
  readonly company: CompanyRuntime | null;
}

/** `authorizeRoute` and `memberFor` have seen to it that the ask holds what the route needs. */
function run(route: Route, ask: Asked): Answer | Promise<Answer> {
  switch (route.needs) {
    case 'nothing':
      return route.run(ask);
    case 'person':
      return route.run(ask as PersonAsk);
    case 'member':
    case 'admin':
      return route.run(ask as CompanyAsk);
  }
}
