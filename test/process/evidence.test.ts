import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileSink } from '../../adapters/audit-file/index.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { signerOf } from '../core/evidence/chain.ts';
import { quarter } from '../core/evidence/quarter.ts';
import { often } from '../setup/lane.ts';

const LEASES = often(600, 20_000);
const never = new AbortController().signal;
let base: string;
let said: string;
const pack = () => join(base, 'pack');
const read = (name: string) => readFileSync(join(pack(), name), 'utf8');
const rows = (name: string) => read(name).trimEnd().split('\n').slice(1);

function jit(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    const options = { cwd: base, env: { PATH: process.env.PATH }, timeout: 600_000 };
    execFile(process.execPath, [JIT, 'evidence', ...words], options, (error, out, told) =>
      resolve({ code: Number(error?.code ?? 0), out: `${out}${told}` }),
    );
  });
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'drawbridge-evidence-'));
  mkdirSync(join(base, 'audit'));
  const sink = fileSink({
    installation: 'demo',
    folder: join(base, 'audit'),
    rotateBytes: 20_000_000,
    vkeys: [signerOf().vkey],
  });
  for (const batch of quarter(LEASES)) await sink.write(batch, never);
  const period = ['--from', '2026-07-01', '--to', '2026-10-01', '--audit', join(base, 'audit')];
  const { code, out } = await jit(...period, '--key', signerOf().vkey, '--out', pack());
  expect([code, out]).toEqual([0, expect.any(String)]);
  said = out;
}, 900_000);
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('the pack of a simulated quarter', () => {
  it('has the whole population, with the proof that it is complete', () => {
    expect(rows('population.csv')).toHaveLength(LEASES);
    expect(said).toContain(`${LEASES} accesses, ${LEASES / 25} with an exception. The audit verifies.`);
    expect(read('verification.txt')).toMatch(
      /Every record from 1 to \d+ is there, in its order, and as it was written\.$/m,
    );
    expect(read('verification.txt')).toContain(`${(LEASES * 99) / 100} receipts`);
  });

  it('tells of each access who asked, who decided, when it opened and closed, and what was read back', () => {
    const [head = '', ...all] = read('population.csv').trimEnd().split('\n');
    const fields = head.split(',');
    const one = Object.fromEntries((all[2] ?? '').split(',').map((cell, i) => [fields[i], cell]));
    expect(one).toMatchObject({
      ...{ requester: 'lin', machineName: 'web-2', ports: '22', source: '203.0.113.7/32', justification: 'deploy 2' },
      ...{ policies: 'production', policyVersion: '96ef2f8d', decidedBy: 'Grace', decision: 'ko25PaCSY0qrF-rv' },
      ...{ endedWhy: 'elapsed', proof: '22 closed', receipt: expect.stringMatching(/^[0-9a-f]{10}$/), exceptions: '' },
    });
    const times = ['requestedAt', 'decidedAt', 'openedAt', 'until', 'closedAt'].map((field) =>
      Date.parse(one[field] ?? ''),
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('lists every exception, and nothing else', () => {
    const kinds = Map.groupBy(rows('exceptions.csv'), (row) => row.split(',').at(-1));
    expect([...kinds].map(([kind, all]) => [kind, all.length])).toEqual(
      expect.arrayContaining([
        ['read back: 22 open', LEASES / 100],
        ['break-glass without a review', LEASES / 100],
        ['no request in these records', LEASES / 100],
        ['no proof of its closing', LEASES / 100],
      ]),
    );
  });

  it('is a page that runs nothing, with names as text, and hashes that hold', () => {
    const page = read('index.html');
    expect(page).toContain('Is it complete?');
    expect(page).toContain('SOC 2 CC6.1');
    expect(page).not.toMatch(/<script|<b>|=Ada <|javascript:/i);
    expect(read('population.csv')).toContain("'=Ada <b>");
    const hashes = read('manifest.sha256').trimEnd().split('\n');
    expect(hashes).toEqual(hashes.map((line) => `${hash('sha256', read(line.slice(66)), 'hex')}  ${line.slice(66)}`));
    expect(hashes).toHaveLength(readdirSync(pack()).length - 1);
  });

  it('says that it is not complete where a record is missing, and takes no folder that holds something', async () => {
    const copy = join(base, 'cut');
    mkdirSync(copy);
    const [name = ''] = readdirSync(join(base, 'audit'))
      .filter((one) => one.endsWith('.jsonl'))
      .sort();
    const lines = readFileSync(join(base, 'audit', name), 'utf8').split('\n');
    writeFileSync(join(copy, name), lines.toSpliced(10, 1).join('\n'));
    const period = ['--from', '2026-07-01', '--to', '2026-10-01', '--audit', copy, '--key', signerOf().vkey];
    const cut = await jit(...period, '--out', join(base, 'cut-pack'));
    expect([cut.code, cut.out]).toEqual([1, expect.stringContaining('The audit has 3 faults.')]);
    expect(readFileSync(join(base, 'cut-pack', 'index.html'), 'utf8')).toContain('No: 3 faults were found');
    expect(await jit(...period, '--out', pack())).toMatchObject({
      code: 1,
      out: expect.stringContaining('is not empty'),
    });
  });
});
