import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { eachLine, fileSink } from '../../../adapters/audit-file/index.ts';
import { isRecordsName, recordsName } from '../../../src/core/evidence/names.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import type { SinkBatch } from '../../../src/ports/sink.ts';
import { batches } from '../../conformance/sink.ts';
import { VERIFIERS } from '../../core/evidence/chain.ts';

const never = new AbortController().signal;
const [one, two] = batches(2) as [SinkBatch, SinkBatch];
let folder: string;
let handle: FileHandle;
beforeEach(async () => {
  const above = mkdtempSync(join(tmpdir(), 'drawbridge-unsynced-'));
  folder = join(above, 'files');
  const any = await open(above, 'r');
  handle = Object.getPrototypeOf(any) as FileHandle;
  await any.close();
  onTestFinished(() => {
    vi.restoreAllMocks();
    rmSync(above, { recursive: true });
  });
});

const make = () => fileSink({ installation: 'demo', folder, rotateBytes: 1_000_000, vkeys: [] });
const newest = () => join(folder, readdirSync(folder).toSorted().at(-1) ?? '');
const text = () => readFileSync(newest(), 'utf8');
const failing = (code: string) => Object.assign(new Error(code), { code });

async function verdict() {
  const verification = new Verification({ verifiers: VERIFIERS });
  await eachLine(folder, (...line) => verification.take(...line));
  return verification.verdict();
}

/** Until the disk has what a file says, only the cache of the system has it, and a power cut takes it. */
describe('what was written, and is not on the disk', () => {
  it.each(['EIO', 'ENOSPC', 'EDQUOT'])(
    'is written anew where the disk refused it (%s): the cache still shows it, and nobody ever writes it back',
    async (code) => {
      await make().write(one, never);
      const before = text();
      const sync = vi.spyOn(handle, 'datasync').mockRejectedValueOnce(failing(code));
      await expect(make().write(two, never)).rejects.toThrow(code);
      expect(text()).toBe(before);
      await make().write(two, never);
      expect(sync).toHaveBeenCalledTimes(2);
      expect(await verdict()).toMatchObject({ records: 20, signed: 20, faults: [], remarks: [] });
    },
  );

  it('is brought to the disk before it counts, where a kill came between', async () => {
    await make().write(one, never);
    // A kill in the middle: nothing is synced, and nothing taken away.
    vi.spyOn(handle, 'datasync').mockRejectedValueOnce(failing('killed'));
    vi.spyOn(handle, 'truncate').mockRejectedValueOnce(failing('killed'));
    await expect(make().write(two, never)).rejects.toThrow('killed');
    const there = text();
    vi.restoreAllMocks();
    const sync = vi.spyOn(handle, 'datasync');
    await make().write(two, never);
    expect(text()).toBe(there);
    expect(sync).toHaveBeenCalled();
    expect(await verdict()).toMatchObject({ records: 20, signed: 20, faults: [], remarks: [] });
  });

  it('is written anew where nobody told that it is kept: Linux tells once of what the disk refused (EIO), and then that all is well', async () => {
    await make().write(one, never);
    const before = text();
    const truncate = vi.spyOn(handle, 'truncate').mockRejectedValueOnce(failing('EROFS'));
    vi.spyOn(handle, 'datasync').mockRejectedValueOnce(failing('EIO'));
    await expect(make().write(two, never)).rejects.toThrow('EIO; and what came of it could not be taken away: EROFS');
    expect(text()).not.toBe(before);
    const wrote = vi.spyOn(handle, 'writeFile');
    await make().write(two, never);
    expect(wrote).toHaveBeenCalledTimes(1);
    expect(truncate).toHaveBeenLastCalledWith(Buffer.byteLength(before));
    expect(await verdict()).toMatchObject({ records: 20, signed: 20, faults: [], remarks: [] });
  });

  it('is not kept where what is there cannot be cut off, and says so', async () => {
    await make().write(one, never);
    vi.spyOn(handle, 'truncate').mockRejectedValue(failing('EROFS'));
    vi.spyOn(handle, 'datasync').mockRejectedValueOnce(failing('killed'));
    await expect(make().write(two, never)).rejects.toThrow('killed');
    await expect(make().write(two, never)).rejects.toThrow('EROFS');
    await expect(make().write(two, never)).rejects.toThrow('EROFS');
    vi.restoreAllMocks();
    await make().write(two, never);
    expect(await verdict()).toMatchObject({ records: 20, signed: 20, faults: [], remarks: [] });
  });

  it('is cut off in both files where a part of it began another one, and nothing of what was kept is', async () => {
    await make().write(one, never);
    const before = text();
    await make().write(two, never);
    // The half of it, as a crash leaves it, and the rest in a file of its own.
    const all = text();
    const half = all.indexOf('\n', before.length + (all.length - before.length) / 2) + 1;
    const rest = all.slice(half);
    truncateSync(newest(), half);
    const [, index = ''] = /"i":(\d+)/.exec(rest) ?? [];
    writeFileSync(join(folder, recordsName(Number(index), '2999-01-01')), rest);
    await make().write(two, never);
    expect(readdirSync(folder).filter(isRecordsName)).toHaveLength(1);
    expect(text()).toBe(all);
  });

  it('counts for nothing where that fails, too', async () => {
    vi.spyOn(handle, 'truncate').mockRejectedValue(failing('killed'));
    vi.spyOn(handle, 'datasync').mockRejectedValue(failing('EIO'));
    for (let turn = 0; turn < 3; turn += 1) await expect(make().write(one, never)).rejects.toThrow(/EIO/);
    vi.restoreAllMocks();
    await make().write(one, never);
    expect(await verdict()).toMatchObject({ records: 10, signed: 10, faults: [], remarks: [] });
  });

  it('is what the folder says of a new file: it is asked for again after a kill', async () => {
    const sync = vi.spyOn(handle, 'sync').mockRejectedValueOnce(failing('killed'));
    await expect(make().write(one, never)).rejects.toThrow('killed');
    expect(sync).toHaveBeenCalledTimes(1);
    await make().write(one, never);
    // That the old one is gone, and that the new one is there.
    expect(sync).toHaveBeenCalledTimes(3);
    expect(await verdict()).toMatchObject({ records: 10, signed: 10, faults: [], remarks: [] });
  });

  it('is cut off by whoever rotates the file under it (copytruncate): nothing counts as kept', async () => {
    await make().write(one, never);
    const { datasync } = handle;
    vi.spyOn(handle, 'datasync').mockImplementationOnce(async function (this: FileHandle) {
      await datasync.call(this);
      truncateSync(newest(), 0);
    });
    await expect(make().write(two, never)).rejects.toThrow('cut off');
  });
});
