import { actorOf } from '../access/caller.ts';
import { refuse } from '../base/errors.ts';
import type { Engine } from '../runtime/engine.ts';
import { chooseMember } from './company-choice.ts';
import { described } from './described.ts';
import { describedTo } from './description/described-company.ts';
import type { DescribedCompany } from './description/described-company.ts';
import { openApi } from './description/openapi.ts';
import { typeScript } from './description/typescript.ts';
import { readParameters } from './parameters.ts';
import { anyone, member } from './route.ts';
import type { Answer, Ask, CompanyAsk, Route } from './route.ts';

/** The API described for machines: OpenAPI 3.1, and TypeScript types with a client. */
export function descriptionRoutes(engine: Engine): readonly Route[] {
  return [
    anyone('GET /api/openapi.json', (ask) => document(engine, ask)),
    member('metadata', 'GET /api/v1/metadata/types', types),
  ];
}

/** Signed in: of the company that is meant. Otherwise: of what anybody can reach. */
async function document(engine: Engine, ask: Ask): Promise<Answer> {
  const api = apiNamed(readParameters(ask.queryText, ['version']).version);
  const { publicUrl: url, version } = engine.settings;
  const place = { url, version };
  if (ask.caller === null) return { status: 200, body: openApi(place, null, api) };
  const who = chooseMember(ask.caller, ask.headers['x-company'], engine.identities);
  const company = await engine.companies.open(who.company);
  const asked: CompanyAsk = { ...ask, caller: ask.caller, member: who, company };
  return described(asked, `openapi ${api}`, () => JSON.stringify(openApi(place, companyOf(asked), api)));
}

const APIS = ['v1', 'v2'] as const;

/** The version of the records that is described; the first when none is named. */
function apiNamed(name: string | undefined): (typeof APIS)[number] {
  const found = name === undefined ? 'v1' : APIS.find((each) => each === name);
  if (found !== undefined) return found;
  const fault = { pointer: '/version', code: 'option', parameters: { options: APIS.join(', ') } };
  throw refuse('malformed-query', { faults: [fault] });
}

function types(ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  return described(ask, 'types', () => typeScript(companyOf(ask)), 'application/typescript; charset=utf-8');
}

function companyOf(ask: CompanyAsk): DescribedCompany {
  return describedTo(actorOf(ask.caller, ask.member, ask.locale), ask.caller.abilities, ask.company.model);
}
