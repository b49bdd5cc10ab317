import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Status, WORKFLOW } from '../../src/core/request/workflow.ts';
import { requestSchema, storedRequest, straysSchema } from '../../src/redis/schema.ts';
import { inStatus } from '../core/samples.ts';
import { type Shape, shapeFaults } from './shape-faults.ts';

/**
 * What the last version kept, as it was taken from its Redis, and by which rules it reads. `UPDATE_RECORDED=1` writes the rules anew: with
 * a new minor version, whose records the last one need not read.
 */
const FILE = new URL('recorded/rules.json', import.meta.url);
const RECORDS = JSON.parse(readFileSync(new URL('recorded/requests.json', import.meta.url), 'utf8')) as readonly {
  readonly status: string;
}[];

const shapeOf = (schema: z.ZodType) => z.toJSONSchema(schema, { unrepresentable: 'any' }) as Shape;
const now = { request: shapeOf(storedRequest), strays: shapeOf(straysSchema) };
if (process.env.UPDATE_RECORDED === '1') writeFileSync(FILE, `${JSON.stringify(now)}\n`);
const last = JSON.parse(readFileSync(FILE, 'utf8')) as typeof now;

describe('what the last version kept', () => {
  it('is of every way that a request goes', () => {
    expect([...new Set(RECORDS.map(({ status }) => status))].toSorted()).toEqual(
      expect.arrayContaining(['active', 'ended', 'pending', 'withdrawn']),
    );
  });

  it.each(RECORDS)('is read, whole: a request that is $status', (record) => {
    const read = requestSchema.safeParse(record);
    expect(read.error?.issues ?? []).toEqual([]);
    expect(JSON.parse(JSON.stringify(read.data))).toEqual(record);
  });
});

describe('what is kept now', () => {
  const reads = new Ajv({ strict: false }).compile({ ...last.request, $schema: undefined } as object);

  it.each(Object.keys(WORKFLOW) as Status[])('is read by the last version: a request that is %s', (status) => {
    reads(JSON.parse(JSON.stringify(inStatus(status))));
    expect(reads.errors ?? []).toEqual([]);
  });

  it.each(['request', 'strays'] as const)(
    'is read by both: of a %s, what is new is optional, and nothing else changed',
    (kind) => {
      expect(shapeFaults(last[kind], now[kind])).toEqual([]);
    },
  );
});

describe('a change that one of both could not read', () => {
  const shape = (text: z.ZodType) => shapeOf(z.looseObject({ a: z.looseObject({ b: text }) }));
  const was = z.enum(['x', 'y']);

  it.each([
    ['a new value', z.enum(['x', 'y', 'z']), '.a.b: the last version does not know z'],
    ['a value that went', z.enum(['x']), '.a.b: y was kept, and is not read any more'],
    ['another type', z.number(), '.a.b: was string, is number'],
    ['what need not be there any more', was.optional(), '.a.b: the last version wants it'],
  ])('is told: %s', (_, becomes, says) => {
    expect(shapeFaults(shape(was), shape(becomes)).join('\n')).toContain(says);
  });

  it('is told: what has to be there, and what is gone', () => {
    const [less, more] = [z.looseObject({}), z.looseObject({ c: z.string() })].map(shapeOf) as [Shape, Shape];
    expect(shapeFaults(less, more)).toEqual(['.c: records of the last version lack it']);
    expect(shapeFaults(more, less)).toContain('.c: was kept, and is not known any more');
  });

  it('is none: what may be left out', () => {
    expect(shapeFaults(shapeOf(z.looseObject({})), shapeOf(z.looseObject({ c: z.string().optional() })))).toEqual([]);
  });
});
