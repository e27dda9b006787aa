import { Decimal } from '../../../engine/src/base/decimal.ts';
import type { ScreenGlobals } from '../../../engine/src/compiler/screen.ts';
import type { Value } from '../../../engine/src/metamodel/value-type.ts';
import { useModel } from '../metadata/model.ts';
import { useSession } from '../session/session.ts';
import type { Surroundings } from './record-draft.ts';

/** What expressions see besides the record, as far as this page knows it; the server has the last word. */
export function useSurroundings(): () => Surroundings {
  const session = useSession();
  const { model } = useModel();
  return () => ({
    user: { id: session.person?.id ?? null, name: session.person?.name ?? null },
    company: valuesOf(model.value?.globals.company),
    settings: valuesOf(model.value?.globals.settings),
  });
}

function valuesOf(globals: ScreenGlobals = {}): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(globals).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? Decimal.parse(value.number) : value,
    ]),
  );
}
