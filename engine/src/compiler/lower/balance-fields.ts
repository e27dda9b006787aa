import type { TypedBalanceField } from '../balance-fields.ts';
import type { Ledger } from '../ledger-model.ts';
import type { BalanceField, Entity, Field } from '../model.ts';

/** Gives the fields that show balances their ledgers; these exist only after the entities. */
export function lowerBalanceFields(
  fields: readonly TypedBalanceField[],
  entities: ReadonlyMap<string, Entity>,
  ledgers: ReadonlyMap<string, Ledger>,
): void {
  for (const typed of fields) {
    const entity = entities.get(typed.entity.name) as Entity;
    const ledger = ledgers.get(typed.ledger.name) as Ledger;
    const field = entity.fieldByName.get(typed.field.name) as { -readonly [Key in keyof Field]: Field[Key] };
    const at = typed.at.map(({ dimension, field: own }) => ({
      dimension: ledger.entries.fieldByName.get(dimension.name) as Field,
      field: own === null ? null : (entity.fieldByName.get(own.name) as Field),
    }));
    field.balance = {
      table: sourceOf(
        ledger,
        at.map(({ dimension }) => dimension),
      ),
      measures: ledger.measures,
      at,
      value: typed.value,
    } satisfies BalanceField;
  }
}

/** A kept balance of all time that is found by these dimensions, or else the entries. */
function sourceOf({ current, entries }: Ledger, wanted: readonly Field[]): string {
  const kept = current.find(({ dimensions }) =>
    wanted.every((dimension) => dimensions.slice(0, wanted.length).includes(dimension)),
  );
  return kept?.table.name ?? entries.table;
}
