import { refuse } from '../base/errors.ts';
import { COMPANY_KINDS } from '../runtime/company-layer.ts';
import type { Engine } from '../runtime/engine.ts';
import { companyDifferences, keepDifference } from '../runtime/standard-base.ts';
import type { CompanyDifference } from '../runtime/standard-base.ts';
import { Input } from './input.ts';
import { readParameters } from './parameters.ts';
import { admin } from './route.ts';
import type { Answer, CompanyAsk, Route } from './route.ts';

const NAME_LENGTH_MAX = 150;
const POINTER_LENGTH_MAX = 1_000;

/** Where a company differs from its modules, and what an upgrade changed at the same places. */
export function differenceRoutes(engine: Engine): readonly Route[] {
  return [
    admin('metadata', 'GET /api/v1/metadata/differences', (ask) => list(engine, ask)),
    admin('metadata', 'POST /api/v1/metadata/differences/keep', (ask) => keep(engine, ask), { body: 'json' }),
  ];
}

async function list(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const differences = await companyDifferences(engine.models, ask.company);
  return { status: 200, body: { data: differences.map(differenceJson) } };
}

function differenceJson(difference: CompanyDifference): Readonly<Record<string, unknown>> {
  const { kind, name, pointer, standard, said, was, isConflict } = difference;
  return { kind, name, pointer, standard: standard ?? null, said, was: was ?? null, is_conflict: isConflict };
}

/** The company's own words stay although the standard has changed there. Taking the standard's is a plan without them. */
async function keep(engine: Engine, ask: CompanyAsk): Promise<Answer> {
  readParameters(ask.queryText, []);
  const input = new Input(ask.body);
  const kind = input.choice('kind', COMPANY_KINDS);
  if (kind === null) input.fault('kind', 'required');
  const name = input.text('name', { lengthMax: NAME_LENGTH_MAX });
  const pointer = input.text('pointer', { lengthMax: POINTER_LENGTH_MAX });
  input.finish();
  if (kind === null || !(await keepDifference(engine.models, ask.company, { kind, name, pointer })))
    throw refuse('not-found');
  return { status: 204 };
}
