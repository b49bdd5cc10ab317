import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { root } from '../architecture/sources.ts';

const FILE = `${root}/manifests/policy.schema.json`;

/** What editors know of drawbridge.yaml; the program knows more: `jit check` finds what it cannot say. */
function schema(): string {
  const made = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any', target: 'draft-7' });
  return `${JSON.stringify({ title: 'drawbridge.yaml', ...made }, null, 2)}\n`;
}

it('the schema for editors is that of the settings; UPDATE_DOCS=1 writes it', () => {
  if (process.env.UPDATE_DOCS) writeFileSync(FILE, schema());
  expect(readFileSync(FILE, 'utf8')).toBe(schema());
});

it('the example names it in its first line', () => {
  const [first] = readFileSync(`${root}/drawbridge.example.yaml`, 'utf8').split('\n');
  expect(first).toBe('# yaml-language-server: $schema=manifests/policy.schema.json');
});
