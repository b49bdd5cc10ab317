import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fileSink } from '../../adapters/audit-file/index.ts';
import { JIT } from '../../simulators/demo/jit.ts';
import { SMALL } from '../config/files.ts';
import { batches } from '../conformance/sink.ts';
import { EPOCH, signedHead, signerOf } from '../core/evidence/chain.ts';

const never = new AbortController().signal;
const OWN = Buffer.alloc(32, 7).toString('base64');
let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'drawbridge-own-keys-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const own = SMALL.replace('installation: test', 'installation: demo');
  const audit = 'audit: { files: { folder: audit }, keys: [{ id: a1, secret: "env:AUDIT_KEY" }] }\n';
  writeFileSync(join(base, 'drawbridge.yaml'), own + audit);
});

/** Files of one who has a key; beside them is what that one put there. */
async function written(signer = signerOf(), vkeys = [signer.vkey]): Promise<void> {
  mkdirSync(join(base, 'audit'));
  const sink = fileSink({ installation: 'demo', folder: join(base, 'audit'), rotateBytes: 1e6, vkeys });
  for (const batch of batches(3)) {
    const last = batch.links.at(-1);
    if (last) await sink.write({ ...batch, note: signedHead(last, signer) }, never);
  }
}

function jit(...words: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const env = { PATH: process.env.PATH, A: 'x', B: 'x', AUDIT_KEY: OWN };
  return new Promise((resolve) => {
    execFile(process.execPath, [JIT, ...words], { cwd: base, env, timeout: 120_000 }, (error, out, told) =>
      resolve({ code: Number(error?.code ?? 0), said: out + told }),
    );
  });
}

const day = (at: number) => new Date(at).toISOString();
const pack = (to: number, out: string) => jit('evidence', '--from', day(EPOCH - 1), '--to', day(to), '--out', out);
const page = (out: string) => readFileSync(join(base, out, 'index.html'), 'utf8');

describe('the keys of the configuration', () => {
  it('are what the audit is verified by, also where nothing is beside the files', async () => {
    await written(signerOf(), []);
    expect(readdirSync(join(base, 'audit'))).toHaveLength(1);
    const { code, said } = await jit('audit', 'verify');
    expect(said).toContain(`Signed by ${signerOf().vkey}\n`);
    expect(said).toMatch(/^Every record from 1 to 30 is there/m);
    expect(code).toBe(0);
    // Without them, nothing of it is signed by anybody who is known.
    expect((await jit('audit', 'verify', 'audit')).code).toBe(1);
  });

  it('do not vouch for what somebody else made, with a key of their own beside it', async () => {
    await written(signerOf(66));
    const { code, said } = await jit('audit', 'verify');
    expect(said).toContain(`Signed by ${signerOf(66).vkey} (from keys.txt beside the files`);
    expect(said).not.toContain('Every record');
    expect(code).toBe(3);
    const made = await pack(EPOCH + 20, 'pack');
    expect([made.code, made.said]).toEqual([3, expect.stringContaining('NB. the keys that signed are those beside')]);
    expect(made.said).toContain('Nobody can tell whether the audit is right.');
    expect(page('pack')).toContain('Nobody can tell, as only keys from beside the files say so');
  });
});

describe('a pack of files that are behind', () => {
  it('ends with 3, and claims nothing of the time after them; of the time before it is whole', async () => {
    await written();
    const late = await pack(EPOCH + 86_400_000, 'late');
    expect([late.code, late.said]).toEqual([3, expect.stringContaining('NB. the last record is of ')]);
    expect(page('late')).toContain('Nobody can tell of all of the period, as these records end at ');
    const { code, said } = await pack(EPOCH + 20, 'whole');
    expect([code, said]).toEqual([0, expect.not.stringContaining('NB.')]);
    expect(page('whole')).toContain('<p class="good">Yes: the chain of 30 records');
  });

  it('is not complete where a record is of a version that this one cannot read', async () => {
    await written();
    const { lineOf, noteLine } = await import('../../src/core/evidence/line.ts');
    const { chained } = await import('../../src/core/evidence/chain.ts');
    const { sha256 } = await import('../../src/core/audit/record.ts');
    const end = batches(3)[2]?.links.at(-1);
    if (!end) throw new Error('none');
    const record = JSON.stringify({ v: 2, event: 'let in', who: 'ada', people: {} });
    const next = { epoch: EPOCH, sequence: 31, at: EPOCH + 31, record, people: '{}', hash: sha256(record) };
    const [link] = chained(end, [next]);
    if (!link) throw new Error('none');
    const [name = ''] = readdirSync(join(base, 'audit')).filter((one) => one.endsWith('.jsonl'));
    const more = [lineOf(link), noteLine(signedHead(link))].map((line) => `${line}\n`).join('');
    writeFileSync(join(base, 'audit', name), more, { flag: 'a' });
    expect((await jit('audit', 'verify')).code).toBe(0);
    const made = await pack(EPOCH + 32, 'newer');
    expect([made.code, made.said]).toEqual([1, expect.stringContaining('Not complete. 1 record cannot be read')]);
    const rows = await jit('audit', 'export', '--format', 'json');
    expect([rows.code, rows.said]).toEqual([1, expect.stringContaining('of a newer version of Drawbridge')]);
    expect(rows.said).not.toContain('let in');
  });
});
