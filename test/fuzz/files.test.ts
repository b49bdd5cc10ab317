import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closedIn, recordOf as undoOf } from '../../adapters/aws/lockdown/record.ts';
import { spoolFiles } from '../../adapters/spool/index.ts';
import { undoFiles, undoFrom } from '../../adapters/undo/index.ts';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import { recordOf } from '../../src/core/audit/record.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import { commitFile } from '../../src/redis/commit-file.ts';
import { QUIET } from '../redis/server.ts';
import { holds, SEED } from './hold.ts';
import { mutated, mutatedText } from './mutate.ts';

const RUNS = { usual: 100, long: 5_000 };
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe(`files that somebody else wrote (seed ${SEED})`, () => {
  const seals = sealer('test', 'undo', [{ id: 'k1', secret: 'one' }]);
  const machine = 'aws:123456789012:eu-west-1:i-0123456789abcdef0';
  const record = undoOf(
    { account: '123456789012', region: 'eu-west-1' },
    {
      kind: 'rule',
      rule: { protocol: 'tcp', from: 22, to: 22, peer: { kind: 'ipv4', value: '0.0.0.0/0' }, tags: {} },
      ports: [{ number: 22, protocol: 'tcp' }],
      machines: [machine],
      group: 'sg-0123456789abcdef0',
      called: 'launch-wizard-1',
    },
  );
  const { id, cloud, at, was } = record;
  const sealed = { ...record, seal: seals.sign(JSON.stringify([id, cloud, at, was])) };

  it('an undo record is whole and signed, or unsigned, or refused', async () => {
    const file = join(folder, `${id}.json`);
    const texts = fc.oneof(
      mutated(sealed).map((value) => JSON.stringify(value) ?? ''),
      mutatedText(JSON.stringify(sealed)),
    );
    await holds('undo records', texts, RUNS, async (text) => {
      writeFileSync(file, text);
      for (const records of [async () => undoFiles(folder, seals), () => undoFrom(file, seals)]) {
        const all = await records()
          .then((one) => one.all('aws'))
          .catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'badUndo' });
            return [];
          });
        for (const one of all) {
          // What counts as ours is what was signed, to the letter.
          if (one.unsigned === undefined) expect(one).toEqual(record);
          try {
            closedIn(one);
          } catch (error) {
            expect(error).toBeInstanceOf(JitError);
          }
        }
      }
    });
    rmSync(file);
  });

  const entry: AuditEntry = {
    act: 'r-1',
    event: 'close found',
    outcome: 'done',
    by: 'drawbridge',
    as: 'patrol',
    machine,
    ports: [{ number: 22, protocol: 'tcp' }],
    standing: [{ port: { number: 22, protocol: 'tcp' }, source: '0.0.0.0/0', through: 'x' }],
    requester: { id: 'ada', name: 'Ada' },
    policies: ['p'],
    words: 'because',
  };

  it('a spool gives entries alone, and what cannot be read holds up none of the others', async () => {
    const at = join(folder, 'spool');
    mkdirSync(at, { recursive: true });
    const lines = fc.oneof(
      mutated(entry).map((value) => JSON.stringify(value) ?? ''),
      mutatedText(JSON.stringify(entry)),
    );
    await holds('the spool', lines, RUNS, async (line) => {
      const good = `${JSON.stringify(entry)}\n`;
      // No process has this number.
      writeFileSync(join(at, `${hostname()}-4194305-0123456789ab.jsonl`), `${good}${line}\n${good}`);
      let whole = 0;
      await spoolFiles(at).merge(async (one) => {
        recordOf(one, () => 'salt');
        expect(`${one.act} ${one.event} ${one.outcome}`).not.toBe('');
        if (JSON.stringify(one) === good.trim()) whole += 1;
      });
      expect(whole).toBeGreaterThanOrEqual(2);
    });
  });

  it('where the store stood is known, or not', async () => {
    const file = join(folder, 'commit');
    const stamp = { epoch: 1, count: 7, id: 'x' };
    const texts = fc.oneof(
      mutated(stamp).map((value) => JSON.stringify(value) ?? ''),
      mutatedText(JSON.stringify(stamp)),
    );
    await holds('the file of commits', texts, RUNS, (text) => {
      writeFileSync(file, text);
      const read = commitFile(file, QUIET).recall();
      if (read) expect(read).toEqual({ epoch: expect.any(Number), count: expect.any(Number), id: expect.any(String) });
    });
  });
});
