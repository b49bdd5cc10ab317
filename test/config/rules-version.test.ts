import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { versionsOf } from '../../src/config/rules-version.ts';
import { SMALL } from './files.ts';

function rulesOf(more: string, text = SMALL): string {
  const read = readConfig(`${text}${more}`);
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  return versionsOf(read.config).rules;
}

const ENTRY = 'protections:\n  - { name: all, machines: { tags: { env: prod } }, ports: [ssh], longest: 1h';

it('what is protected, and how, is among what processes have to agree about', () => {
  const versions = ['', `${ENTRY} }\n`, `${ENTRY}, standing: lockdown, ask: [ops] }\n`].map((more) => rulesOf(more));
  expect(new Set(versions).size).toBe(3);
});

it('which accounts, subscriptions, and projects there are is, too', () => {
  const other = SMALL.replace('regions: [eu-west-1]', 'regions: [eu-west-1, eu-west-2]');
  expect(rulesOf('', other)).not.toBe(rulesOf(''));
});

it('where a process listens is not', () => {
  expect(rulesOf('http: { port: 1234 }\n')).toBe(rulesOf(''));
});
