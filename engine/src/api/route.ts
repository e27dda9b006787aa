import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Caller } from '../access/caller.ts';
import type { Member } from '../access/member.ts';
import type { CompanyRuntime } from '../runtime/company.ts';
import type { Locale } from '../metamodel/text.ts';

/** A request, free of the web framework. */
export interface Ask {
  /** `X-Request-Id` of the caller, or one of ours. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** The address after `?`, undecoded. */
  readonly queryText: string;
  /** What the route's `:name` parts matched. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
  readonly locale: Locale;
  /** JSON that was sent; undefined for routes that take none. */
  readonly body: unknown;
  /** The bytes themselves, for routes that read them as they come. */
  readonly bytes: IncomingMessage;
  readonly caller: Caller | null;
}

export interface PersonAsk extends Ask {
  readonly caller: Caller;
}

export interface CompanyAsk extends PersonAsk {
  readonly member: Member;
  readonly company: CompanyRuntime;
}

/** What goes back, before it is put into HTTP. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** JSON that was made before; sent as it is. */
  readonly text?: string;
  /** Sent as it is, under the content type among `headers`. */
  readonly stream?: Readable;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export type BodyKind =
  /** No body is read. */
  | 'none'
  /** A JSON object of ordinary size. */
  | 'json'
  /** A JSON object, or nothing. */
  | 'optional'
  /** A JSON object with many records. */
  | 'bulk'
  /** The route reads the bytes itself. */
  | 'bytes';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

interface RouteBase {
  readonly method: Method;
  /** Path with `:name` for parts that vary. */
  readonly path: string;
  readonly body: BodyKind;
  /** Changes nothing although it is a POST: a token needs the right to read only. */
  readonly reads: boolean;
}

/** Anyone may call it: signing in, the list of business types. */
interface OpenRoute extends RouteBase {
  readonly needs: 'nothing';
  /** Whether whoever has a session must show that their own page asks. */
  readonly confirms: boolean;
  readonly run: Run<Ask>;
}

/** A signed-in person or token; `area` is what a token's abilities must name. */
interface PersonRoute extends RouteBase {
  readonly needs: 'person';
  readonly area: Area;
  readonly run: Run<PersonAsk>;
}

/** A member of the company that is meant; `admin` narrows it to members with that role. */
interface CompanyRoute extends RouteBase {
  readonly needs: 'member' | 'admin';
  readonly area: Area;
  readonly run: Run<CompanyAsk>;
}

type Run<A extends Ask> = (ask: A) => Answer | Promise<Answer>;

/** Areas that a token's abilities name, as `records:read`; see access/abilities.ts. */
export type Area = 'account' | 'members' | 'modules' | 'metadata' | 'records' | 'files' | 'views';

/** Every route declares who may call it. */
export type Route = OpenRoute | PersonRoute | CompanyRoute;

/** Method and path, as `GET /api/v1/modules/:id`. */
type Call = `${Method} /${string}`;

interface RouteChoices {
  readonly body?: BodyKind;
  readonly reads?: boolean;
  readonly confirms?: boolean;
}

function base(call: Call, { body = 'none', reads = false }: RouteChoices): RouteBase {
  const space = call.indexOf(' ');
  return { method: call.slice(0, space) as Method, path: call.slice(space + 1), body, reads };
}

/** A route that anyone may call. */
export function anyone(call: Call, run: Run<Ask>, choices: RouteChoices = {}): Route {
  return { ...base(call, choices), needs: 'nothing', confirms: choices.confirms === true, run };
}

/** A route for whoever is signed in. */
export function person(area: Area, call: Call, run: Run<PersonAsk>, choices: RouteChoices = {}): Route {
  return { ...base(call, choices), needs: 'person', area, run };
}

/** A route for the members of a company. */
export function member(area: Area, call: Call, run: Run<CompanyAsk>, choices: RouteChoices = {}): Route {
  return { ...base(call, choices), needs: 'member', area, run };
}

/** A route for the admins of a company. */
export function admin(area: Area, call: Call, run: Run<CompanyAsk>, choices: RouteChoices = {}): Route {
  return { ...base(call, choices), needs: 'admin', area, run };
}
