import { typeNameOf } from '../../metamodel/naming.ts';

/** How the parts of an entity are called in GraphQL. */
export interface GraphQlNames {
  /** `SalesCustomer` */
  readonly type: string;
  /** `salesCustomer` */
  readonly one: string;
  /** `salesCustomers` */
  readonly many: string;
}

export function namesOf(entity: string): GraphQlNames {
  const type = typeNameOf(entity);
  const one = type.slice(0, 1).toLowerCase() + type.slice(1);
  return { type, one, many: pluralOf(one) };
}

/** The English plural, as regular as names of entities are. */
function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}
