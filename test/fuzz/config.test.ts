import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { houseRules, peopleOf } from '../../src/config/house.ts';
import { readConfig } from '../../src/config/load.ts';
import { configVersion } from '../../src/config/version.ts';
import { holds, SEED } from './hold.ts';
import { mutated, mutatedText } from './mutate.ts';

const TEXTS = ['../config/good.yaml', '../../drawbridge.example.yaml'].map((path) =>
  readFileSync(new URL(path, import.meta.url), 'utf8'),
);
const MOST_TOLD = 1_000;
const HIDDEN = 'hunter2-hunter2';

/** Either all its faults, each a line that can be read, or a configuration that everything else can be made of. */
function judge(text: string): void {
  const read = readConfig(text);
  if ('config' in read) {
    houseRules(read.config);
    peopleOf(read.config);
    expect(configVersion(read.config)).not.toBe('');
    return;
  }
  expect(read.faults.length).toBeGreaterThan(0);
  expect(read.faults.length).toBeLessThanOrEqual(101);
  for (const fault of read.faults) {
    expect(fault.length).toBeLessThan(MOST_TOLD);
    expect(fault).not.toContain(HIDDEN);
  }
}

it(`a configuration with any fault is read, or told its faults (seed ${SEED})`, async () => {
  const texts = fc.oneof(
    fc.constantFrom(...TEXTS).chain((text) => mutatedText(text)),
    fc
      .constantFrom(...TEXTS)
      .chain((text) => mutated(parse(text)))
      .map((value) => stringify(value) ?? ''),
  );
  await holds('drawbridge.yaml', texts, { usual: 60, long: 3_000 }, judge);
});

it('a secret that was written where its name belongs is not told', () => {
  const [text = ''] = TEXTS;
  const places = [...text.matchAll(/(?:env|file):\S+/g)];
  expect(places.length).toBeGreaterThan(2);
  for (const { index, 0: word } of places) judge(text.slice(0, index) + HIDDEN + text.slice(index + word.length));
});

it.each([
  [
    'laughs',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((l, i) => `${l}: &${l} [${`*${'abcdefghi'[i]},`.repeat(9)}]`)
      .join('\n')}`,
  ],
  ['an alias of itself', 'people: &p\n  - *p\n'],
  ['a merge of itself', 'aws: &a\n  <<: *a\n'],
  ['very deep', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['very deep maps', Array.from({ length: 2_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['very many people', `people:\n${'  - {id: x}\n'.repeat(5_000)}`],
  ['a prototype', '__proto__:\n  installation: x\nconstructor: {prototype: 1}\n'],
  ['tags', 'installation: !!js/function "function(){}"\n'],
  ['several documents', 'installation: a\n---\ninstallation: b\n'],
])('a configuration that wants to be too much is refused: %s', (_, text) => judge(text));
