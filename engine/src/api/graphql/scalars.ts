import { GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLScalarType, GraphQLString } from 'graphql';
import type { GraphQLScalarType as Scalar } from 'graphql';
import type { Field } from '../../compiler/model.ts';

/** A text with a form of its own: the server's field types check it, here it only has a name. */
function textScalar(name: string, description: string, specifiedByURL?: string): Scalar {
  return new GraphQLScalarType({
    name,
    description,
    ...(specifiedByURL === undefined ? {} : { specifiedByURL }),
    serialize: (value) => value,
    parseValue: (value) => value,
  });
}

const DecimalScalar = textScalar('Decimal', 'An exact decimal as text, such as "12500.00".');
const DateScalar = textScalar('Date', 'A day, `YYYY-MM-DD`.', 'https://www.rfc-editor.org/rfc/rfc3339');
const DateTimeScalar = textScalar('DateTime', 'An instant in UTC.', 'https://www.rfc-editor.org/rfc/rfc3339');
const IntegerScalar = new GraphQLScalarType({
  name: 'Integer',
  description: 'A whole number of up to 53 bits.',
  serialize: (value) => value,
  parseValue: (value) => value,
});
export const JsonScalar = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value,
});

const BY_TYPE: Readonly<Record<string, Scalar>> = {
  integer: IntegerScalar,
  decimal: DecimalScalar,
  money: DecimalScalar,
  percent: DecimalScalar,
  quantity: DecimalScalar,
  boolean: GraphQLBoolean,
  date: DateScalar,
  datetime: DateTimeScalar,
  link: GraphQLID,
  links: GraphQLID,
  file: GraphQLID,
  image: GraphQLID,
  json: JsonScalar,
  point: JsonScalar,
  'translated-text': JsonScalar,
};

/** The scalar of a field's values. */
export function scalarOf({ type, name }: Field): Scalar {
  if (name === 'id') return GraphQLID;
  return BY_TYPE[type] ?? GraphQLString;
}

export const SCALARS: readonly Scalar[] = [
  DecimalScalar,
  DateScalar,
  DateTimeScalar,
  IntegerScalar,
  JsonScalar,
  GraphQLFloat,
];
