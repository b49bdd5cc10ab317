import { readFileSync } from 'node:fs';
import { readConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';

/** A right configuration with every setting. */
export const GOOD = readFileSync(new URL('./good.yaml', import.meta.url), 'utf8');

/** The least that is a right configuration, at lines that stay. */
export const SMALL = `installation: test
slack: { botToken: env:A, signingSecret: env:B, teamId: T1, appId: A1 }
aws: { accounts: [{ id: "123456789012", regions: [eu-west-1] }] }
people: [{ id: ada, name: Ada }, { id: grace, name: Grace }]
groups: { engineers: [ada] }
places: { ops: { slack: C1 } }
policies:
  - name: one
    who: [group:engineers]
    machines: { names: ["*"] }
    ports: [ssh]
    approvers: [person:grace]
    tell: [ops]
`;

/** The text with one part of it replaced. Throws when that part is not there exactly once. */
export function edited(text: string, part: string, by: string): string {
  if (text.split(part).length !== 2) throw new Error(`“${part}” is not there once`);
  return text.replace(part, () => by);
}

/** The small file with some of its parts replaced, each wherever it is. */
export function broken(...edits: readonly (readonly [string, string])[]): string {
  return edits.reduce((text, [part, by]) => {
    if (!text.includes(part)) throw new Error(`“${part}” is not there`);
    return text.replaceAll(part, () => by);
  }, SMALL);
}

export function faultsOf(text: string): readonly string[] {
  const read = readConfig(text);
  return 'faults' in read ? read.faults : [];
}

export function configOf(text: string): Config {
  const read = readConfig(text);
  if ('config' in read) return read.config;
  throw new Error(read.faults.join('\n'));
}
