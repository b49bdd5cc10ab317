import { expect, it } from 'vitest';
import { readSources } from './sources.ts';

const DECLARED = /^export (?:declare )?(?:abstract )?(?:interface|type|class) (\w+)/gm;

it('a type name is exported by one file of src and adapters, so that it means one thing', () => {
  const homes = new Map<string, string[]>();
  for (const { file, text } of readSources(['src', 'adapters']))
    for (const [, name = ''] of text.matchAll(DECLARED)) homes.set(name, [...(homes.get(name) ?? []), file]);
  expect(homes.size).toBeGreaterThan(200);
  expect([...homes].filter(([, files]) => files.length > 1)).toEqual([]);
});
