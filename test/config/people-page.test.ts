import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { faultsOf, SMALL } from './files.ts';

const PAGE = readFileSync(new URL('../../docs/people.md', import.meta.url), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/## (.*)\n[^#]*?```yaml\n([\s\S]*?)```/g)].map(([, title = '', yaml = '']) => ({
  title,
  yaml,
}));
/** Beside Slack, which `SMALL` has: Entra, where an example is about both. */
const ENTRA = { tenantId: '7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d', clientId: '0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b' };
const AS_WELL: Readonly<Record<string, object>> = { 'Slack together with Entra': { directory: { entra: ENTRA } } };

describe('the examples of docs/people.md', () => {
  it.each(EXAMPLES)('$title: have no faults', ({ title, yaml }) => {
    const base = { ...parse(SMALL), ...AS_WELL[title] };
    const example = parse(yaml);
    const policies = example.policies?.map((one: object) => ({ machines: { names: ['*'] }, ports: ['ssh'], ...one }));
    const directory = { ...base.directory, ...example.directory };
    expect(faultsOf(stringify({ ...base, ...example, directory, ...(policies ? { policies } : {}) }))).toEqual([]);
  });

  it('are there', () => {
    expect(EXAMPLES.map(({ title }) => title)).toEqual([
      'A small team: the file',
      'A company: Entra ID',
      'A company without Entra: Slack',
      'Groups of IAM Identity Center',
      'Slack together with Entra',
      'People link their own Slack accounts',
      'Where people connect from',
    ]);
  });
});
