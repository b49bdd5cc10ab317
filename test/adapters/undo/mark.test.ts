import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderMark, undoFiles } from '../../../adapters/undo/index.ts';
import { sealer } from '../../../src/core/rule/seal.ts';
import { claimFolder } from '../../../src/redis/claim.ts';
import { testRedis } from '../../redis/server.ts';

async function house(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'undo-mark-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('the mark of an undo folder', () => {
  it('is made once, whoever comes first, and is another one in another folder', async () => {
    const [one, two] = [join(await house(), 'undo'), join(await house(), 'undo')];
    const ids = new Set(await Promise.all(Array.from({ length: 20 }, () => folderMark(one).read())));
    expect(ids.size).toBe(1);
    expect([...ids]).not.toContain(await folderMark(two).read());
  });

  it('is the same by another path, and in a copy of the folder', async () => {
    const folder = await house();
    const id = await folderMark(join(folder, 'undo')).read();
    expect(await folderMark(join(folder, 'undo', '..', 'undo')).read()).toBe(id);
    await cp(join(folder, 'undo'), join(folder, 'copy'), { recursive: true });
    expect(await folderMark(join(folder, 'copy')).read()).toBe(id);
  });

  it('is said where it can be neither read nor made, and where it is damaged', async () => {
    const folder = await house();
    await writeFile(join(folder, 'file'), '');
    await expect(folderMark(join(folder, 'file')).read()).rejects.toMatchObject({
      code: 'undoFolder',
      say: expect.stringContaining('can be neither read nor made (ENOTDIR)'),
    });
    await mkdir(join(folder, 'undo'));
    await writeFile(join(folder, 'undo', 'folder-id'), 'half of i');
    await expect(folderMark(join(folder, 'undo')).read()).rejects.toMatchObject({
      say: expect.stringContaining('folder-id is damaged'),
    });
  });

  it('is proven before a record is kept: a folder that is not the shared one gets none', async () => {
    const server = await testRedis();
    onTestFinished(() => server.stop());
    const redis = server.client();
    const [one, two] = [join(await house(), 'undo'), join(await house(), 'undo')];
    const undo = (folder: string) =>
      undoFiles(folder, sealer('test', 'undo', [{ id: 'k1', secret: 'one' }]), () =>
        claimFolder(redis, 'test', folderMark(folder)),
      );
    const record = { id: 'aws-1a2b', cloud: 'aws', at: '1:eu-west-1:sg-1', was: {} } as const;
    await undo(one).keep(record);
    await expect(undo(two).keep(record)).rejects.toMatchObject({ code: 'foreignUndoFolder' });
    expect(await readdir(two)).toEqual(['folder-id']);
    // The mount came back.
    await rm(two, { recursive: true });
    await cp(one, two, { recursive: true });
    await undo(two).keep(record);
    // Nobody can bring the lost one back.
    await redis.hdel('{test}:claim', 'undoFolder');
    await rm(two, { recursive: true });
    await undo(two).keep(record);
  });
});
