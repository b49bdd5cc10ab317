import { appendFileSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { spoolFiles } from '../../../adapters/spool/index.ts';
import type { AuditEntry } from '../../../src/core/audit/entry.ts';

const entry = (act: string): AuditEntry => ({
  act,
  event: 'close found',
  outcome: 'done',
  by: 'drawbridge',
  as: 'patrol',
});
const folder = () => join(mkdtempSync(join(tmpdir(), 'drawbridge-spool-')), 'spool');
const collect = () => {
  const acts: string[] = [];
  return { acts, write: async ({ act }: AuditEntry) => void acts.push(act) };
};

it('gives every entry once, in its order, and keeps nothing after', async () => {
  const at = folder();
  const spool = spoolFiles(at);
  await Promise.all([spool.add([entry('a'), entry('b')]), spool.add([]), spool.add([entry('c')])]);
  const { acts, write } = collect();
  expect(await spool.merge(write)).toBe(3);
  expect(acts).toEqual(['a', 'b', 'c']);
  expect(readdirSync(at)).toEqual([]);
  expect(await spool.merge(write)).toBe(0);
});

it('keeps all of them when one cannot be written yet', async () => {
  const spool = spoolFiles(folder());
  await spool.add([entry('a'), entry('b')]);
  await expect(spool.merge(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  const { acts, write } = collect();
  await spool.merge(write);
  expect(acts).toEqual(['a', 'b']);
});

it('takes what a process left that died here, and leaves what another one has', async () => {
  const at = folder();
  const spool = spoolFiles(at);
  await spool.add([entry('own')]);
  const lines = (act: string) => `\n${JSON.stringify(entry(act))}\n`;
  const left = (host: string, pid: number) => join(at, `${host}-${pid}-0123456789ab.jsonl`);
  // The largest process id that Linux gives is below 4194304.
  writeFileSync(left(hostname(), 4_194_305), lines('dead'));
  appendFileSync(left(hostname(), 4_194_305), '{"act":"cut sh');
  writeFileSync(left(hostname(), process.pid), lines('of before, in a container'));
  writeFileSync(left(hostname(), process.ppid), lines('alive'));
  writeFileSync(left('elsewhere', 4_194_305), lines('of another computer'));
  const { acts, write } = collect();
  await spool.merge(write);
  expect(acts.sort()).toEqual(['dead', 'of before, in a container', 'own']);
  expect(readdirSync(at)).toHaveLength(2);
});
