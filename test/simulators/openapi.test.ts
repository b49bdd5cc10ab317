import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OpenApi } from './openapi.ts';

const folder = mkdtempSync(join(tmpdir(), 'drawbridge-openapi-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));
mkdirSync(join(folder, 'examples'));
write('examples/a.json', 'never read');
write('common.json', { definitions: { Resource: { properties: { id: { type: 'string' } } } } });
write('rules.json', {
  paths: {
    '/rules/{name}': {
      put: {
        operationId: 'Rules_Put',
        parameters: [{ in: 'body', schema: { $ref: '#/definitions/Rule' } }],
        responses: { '200': { schema: { $ref: '#/definitions/List' } }, '204': {} },
      },
    },
  },
  definitions: {
    Rule: {
      allOf: [{ $ref: './common.json#/definitions/Resource' }],
      required: ['access'],
      properties: {
        access: { type: 'string', enum: ['Allow', 'Deny'] },
        state: { type: 'string', enum: ['Old'], 'x-ms-enum': { modelAsString: true } },
        priority: { type: 'integer' },
        tags: { type: 'object', additionalProperties: { type: 'string' } },
        subnet: { $ref: './absent.json#/definitions/Subnet' },
        shape: { $ref: '#/definitions/Shape' },
      },
    },
    List: { properties: { value: { type: 'array', items: { $ref: '#/definitions/Rule' } } } },
    Shape: { discriminator: 'kind', properties: { kind: { type: 'string' } } },
    Round: {
      'x-ms-discriminator-value': 'round',
      allOf: [{ $ref: '#/definitions/Shape' }],
      properties: { radius: { type: 'number' } },
    },
  },
});
const specs = new OpenApi(folder);

describe('a body held against an OpenAPI file', () => {
  it.each([
    { name: 'fits', body: { id: 'r', access: 'Allow', priority: 100, tags: { a: 'b' } }, found: [] },
    { name: 'has a value of an open list', body: { access: 'Deny', state: 'New' }, found: [] },
    { name: 'has what stands in a file that is not there', body: { access: 'Deny', subnet: { any: 1 } }, found: [] },
    { name: 'has an unknown property', body: { access: 'Deny', colour: 'red' }, found: ['.colour'] },
    { name: 'lacks a property', body: { id: 'r' }, found: ['.access: missing'] },
    { name: 'has a value of no list', body: { access: 'Perhaps' }, found: ['.access: "Perhaps"'] },
    {
      name: 'has another type',
      body: { access: 'Deny', priority: '100', id: 7 },
      found: ['.priority: "100"', '.id: 7'],
    },
    {
      name: 'is of a kind',
      body: { access: 'Deny', shape: { kind: 'round', radius: 1, edges: 4 } },
      found: ['.shape.edges'],
    },
    { name: 'has an array', body: { access: ['Deny'] }, found: ['.access: an array'] },
  ])('that $name', ({ body, found }) => {
    expect(specs.checkRequest('Rules_Put', body)).toEqual(found);
    const inList = specs.checkResponse('Rules_Put', 200, { value: [body, body] });
    expect(inList).toEqual(found.map((one) => `.value[]${one}`));
  });

  it('is no body where there should be none, and no status that nobody knows', () => {
    expect(specs.checkResponse('Rules_Put', 204, { a: 1 })).toEqual(['a body']);
    expect(specs.checkResponse('Rules_Put', 202, undefined)).toEqual(['status 202']);
    expect(specs.checkResponse('Rules_Put', 429, { error: {} })).toEqual([]);
    expect([specs.has('Rules_Put'), specs.has('Rules_Get')]).toEqual([true, false]);
  });
});
