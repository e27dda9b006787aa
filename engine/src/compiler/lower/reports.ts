import type { Ledger } from '../ledger-model.ts';
import type { LinkedEntity } from '../linked-entity.ts';
import type { Entity, Field } from '../model.ts';
import type { Report, ReportRows } from '../report-model.ts';
import type { TypedReport, TypedRows } from '../reports.ts';

export function lowerReports(
  reports: readonly TypedReport[],
  entities: ReadonlyMap<string, Entity>,
  ledgers: ReadonlyMap<string, Ledger>,
): ReadonlyMap<string, Report> {
  return new Map(reports.map((report) => [report.name, lowerReport(report, entities, ledgers)]));
}

function lowerReport(
  typed: TypedReport,
  entities: ReadonlyMap<string, Entity>,
  ledgers: ReadonlyMap<string, Ledger>,
): Report {
  const entityOf = ({ name }: LinkedEntity): Entity => entities.get(name) as Entity;
  const source = lowerRows(typed.source, entities, ledgers);
  const { journal } = typed;
  const account = journal === null ? null : (source.entity.fieldByName.get(journal.account.name) as Field);
  return {
    ...typed,
    source,
    besides: typed.besides.map((beside) => ({ ...beside, source: lowerRows(beside.source, entities, ledgers) })),
    parameters: typed.parameters.map(({ field, target, ...parameter }) => ({
      ...parameter,
      name: field.name,
      shape: field.shape,
      fieldType: field.type,
      target: target === null ? null : entityOf(target),
    })),
    dimensions: typed.dimensions.map((dimension) => ({
      ...dimension,
      target: dimension.target === null ? null : entityOf(dimension.target),
    })),
    journal:
      journal === null || account === null
        ? null
        : {
            account,
            amount: journal.amount,
            root:
              journal.root === null
                ? null
                : {
                    field: account.target?.fieldByName.get(journal.root.field.name) as Field,
                    roots: journal.root.roots,
                  },
          },
    reads: typed.reads.map(entityOf),
    readsWhole: typed.readsWhole.map(entityOf),
    uses: typed.uses,
  };
}

function lowerRows(
  { ledger, entity, each }: TypedRows,
  entities: ReadonlyMap<string, Entity>,
  ledgers: ReadonlyMap<string, Ledger>,
): ReportRows {
  if (ledger !== null) {
    const lowered = ledgers.get(ledger.name) as Ledger;
    return { ledger: lowered, entity: lowered.entries, each: null };
  }
  const lowered = entities.get(entity.name) as Entity;
  return { ledger: null, entity: lowered, each: each === null ? null : (lowered.fieldByName.get(each.name) as Field) };
}
