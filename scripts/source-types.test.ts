import { describe, expect, it } from 'vitest';
import { typesOf } from './source-types.ts';

const common = {
  $id: 'https://rangka.dev/schema/common.schema.json',
  title: 'Common',
  $defs: {
    text: { title: 'Text', oneOf: [{ type: 'string' }, { type: 'object', properties: { en: { type: 'string' } } }] },
    slug: { type: 'string', pattern: '^[a-z]+$' },
  },
};

describe('typesOf', () => {
  it('gives one type to each schema and shared definition, across files', async () => {
    const types = await typesOf(
      new Map<string, Record<string, unknown>>([
        ['common.schema.json', common],
        [
          'entity.schema.json',
          {
            title: 'EntityDocument',
            type: 'object',
            description: 'A thing to keep records of.',
            required: ['entity', 'label'],
            additionalProperties: false,
            anyOf: [{ required: ['kind'] }, { required: ['fields'] }],
            properties: {
              entity: { $ref: 'common.schema.json#/$defs/slug' },
              label: { $ref: 'https://rangka.dev/schema/common.schema.json#/$defs/text', description: 'A name.' },
              kind: { enum: ['master', 'lines'] },
              fields: { type: 'object', additionalProperties: { $ref: '#/$defs/field' } },
            },
            $defs: {
              field: {
                title: 'FieldSource',
                type: 'object',
                properties: { type: { type: 'string' }, if: { type: 'boolean' } },
                allOf: [{ if: { properties: { type: { const: 'text' } } }, then: { required: ['type'] } }],
                additionalProperties: false,
              },
            },
          },
        ],
      ]),
    );
    const compact = types.replace(/\s+/g, ' ');
    expect(compact).toContain('/** * A thing to keep records of. */ export interface EntityDocument {');
    expect(compact).toContain('export type MetadataDocument = EntityDocument');
    expect(compact).toContain('entity: Slug /** * A name. */ label: Text kind?: ("master" | "lines")');
    expect(compact).toContain('[k: string]: FieldSource');
    expect(compact).toContain('export interface FieldSource { type?: string if?: boolean }');
    expect(compact).toContain('export type Slug = string');
    expect(compact).not.toMatch(/Common\b|referenced by|definition/);
    expect(compact.match(/Text =/g)).toHaveLength(1);
  });

  it('refuses two definitions of one type name', async () => {
    const file = { $defs: { slug: { type: 'string' } } };
    await expect(
      typesOf(
        new Map([
          ['a.schema.json', file],
          ['b.schema.json', file],
        ]),
      ),
    ).rejects.toThrow('b.schema.json#/$defs/slug and a.schema.json#/$defs/slug would both be the type Slug');
  });

  it('refuses a reference that leads nowhere', async () => {
    const file = { title: 'A', type: 'object', properties: { x: { $ref: '#/$defs/gone' } } };
    await expect(typesOf(new Map([['a.schema.json', file]]))).rejects.toThrow('a.schema.json#/$defs/gone');
  });
});
