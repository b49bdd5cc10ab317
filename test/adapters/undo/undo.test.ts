import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { undoFiles, undoFrom } from '../../../adapters/undo/index.ts';
import { sealer, sha256 } from '../../../src/core/rule/seal.ts';
import type { UndoRecord } from '../../../src/ports/undo.ts';

const SEALS = sealer('test', 'undo', [{ id: 'k1', secret: 'one' }]);
const RECORD: UndoRecord = { id: 'aws-1a2b', cloud: 'aws', at: '1:eu-west-1:sg-1', was: { rule: 'tcp 22' } };
const OTHER: UndoRecord = { id: 'azure-3c', cloud: 'azure', at: '/subscriptions/1', was: [1, 'two'] };

describe('undo records in files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'undo-')), 'records');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  it('are kept, replaced, listed by cloud, and dropped', async () => {
    const undo = undoFiles(folder, SEALS);
    expect(await undo.all('aws')).toEqual([]);
    await undo.keep({ ...RECORD, was: 'older' });
    await undo.keep(RECORD);
    await undo.keep(OTHER);
    expect(await undo.all('aws')).toEqual([RECORD]);
    expect(await undoFiles(folder, SEALS).all('azure')).toEqual([OTHER]);
    await undo.drop(RECORD.id);
    await undo.drop(RECORD.id);
    expect(await undo.all('aws')).toEqual([]);
    expect(await readdir(folder)).toEqual(['azure-3c.json']);
  });

  it('are nobody else’s to read', async () => {
    await undoFiles(folder, SEALS).keep(RECORD);
    expect((await stat(join(folder, 'aws-1a2b.json'))).mode & 0o077).toBe(0);
    expect((await stat(folder)).mode & 0o077).toBe(0);
  });

  it('leave the older one whole when a new one was not written to its end', async () => {
    const undo = undoFiles(folder, SEALS);
    await undo.keep(RECORD);
    await writeFile(join(folder, 'aws-1a2b.json.1.draft'), '{"id":');
    expect(await undo.all('aws')).toEqual([RECORD]);
  });

  it.each([
    ['half of it', '{"id":"aws-1a2b",'],
    ['another one', JSON.stringify({ ...RECORD, id: 'aws-ffff' })],
    ['no record', '[]'],
    ['nothing', ''],
  ])('are refused when a file holds %s', async (_, text) => {
    const undo = undoFiles(folder, SEALS);
    await undo.keep(RECORD);
    await writeFile(join(folder, 'aws-1a2b.json'), text);
    await expect(undo.all('aws')).rejects.toMatchObject({ code: 'badUndo' });
  });

  it('keep to names that are theirs', async () => {
    const undo = undoFiles(folder, SEALS);
    await expect(undo.keep({ ...RECORD, id: '../aws-1' })).rejects.toThrow();
    await undo.keep(RECORD);
    await undo.drop('../records/aws-1a2b');
    await writeFile(join(folder, 'aws-notes.txt'), 'mine');
    expect(await undo.all('aws')).toEqual([RECORD]);
  });

  it('can be put back from a folder, or from one of its files', async () => {
    await undoFiles(folder, SEALS).keep(RECORD);
    await undoFiles(folder, SEALS).keep({ ...RECORD, id: 'aws-9f' });
    expect(await (await undoFrom(folder, SEALS)).all('aws')).toHaveLength(2);
    const one = await undoFrom(join(folder, 'aws-1a2b.json'), SEALS);
    expect(await one.all('aws')).toEqual([RECORD]);
    expect(await one.all('azure')).toEqual([]);
    await one.drop('aws-1a2b');
    expect(await readdir(folder)).toEqual(['aws-9f.json']);
    await expect(undoFrom(join(folder, 'aws-1a2b.json'), SEALS)).rejects.toMatchObject({ code: 'badUndo' });
    await expect(undoFrom(join(folder, 'nowhere'), SEALS)).rejects.toMatchObject({ code: 'badUndo' });
  });

  it('are on the disk before it is said that they are kept', async () => {
    await undoFiles(folder, SEALS).keep(RECORD);
    expect(JSON.parse(await readFile(join(folder, 'aws-1a2b.json'), 'utf8'))).toMatchObject(RECORD);
  });

  describe('are signed, and one', () => {
    const file = () => join(folder, 'aws-1a2b.json');
    const hash = sha256(JSON.stringify([RECORD.id, RECORD.cloud, RECORD.at, RECORD.was]));
    const changed = async (change: (record: Record<string, unknown>) => unknown) => {
      await undoFiles(folder, SEALS).keep(RECORD);
      await writeFile(file(), JSON.stringify(change(JSON.parse(await readFile(file(), 'utf8')))));
    };

    it('of an earlier version, which is not, comes with its hash', async () => {
      await changed(({ seal: _, ...record }) => record);
      expect(await undoFiles(folder, SEALS).all('aws')).toEqual([{ ...RECORD, unsigned: hash }]);
    });

    it.each<[string, (record: Record<string, unknown>) => unknown]>([
      ['that was changed', (record) => ({ ...record, was: { rule: 'tcp 0-65535' } })],
      ['that was moved to another group', (record) => ({ ...record, at: '1:eu-west-1:sg-2' })],
      [
        'that says itself that it is signed',
        ({ seal: _, ...record }) => ({ ...record, seal: 'ds1.k1.x', unsigned: '' }),
      ],
    ])('%s is known by its hash', async (_, change) => {
      await changed(change);
      const [record] = await undoFiles(folder, SEALS).all('aws');
      expect(record?.unsigned).toMatch(/^[0-9a-f]{64}$/);
    });

    it.each([
      ['another installation', sealer('other', 'undo', [{ id: 'k1', secret: 'one' }])],
      ['another key', sealer('test', 'undo', [{ id: 'k1', secret: 'two' }])],
      ['another use', sealer('test', 'else', [{ id: 'k1', secret: 'one' }])],
    ])('of %s is not ours', async (_, seals) => {
      await undoFiles(folder, seals).keep(RECORD);
      expect(await undoFiles(folder, SEALS).all('aws')).toEqual([{ ...RECORD, unsigned: hash }]);
    });

    it('by an older key that is still named is ours', async () => {
      await undoFiles(folder, SEALS).keep(RECORD);
      const rotated = sealer('test', 'undo', [
        { id: 'k2', secret: 'two' },
        { id: 'k1', secret: 'one' },
      ]);
      expect(await undoFiles(folder, rotated).all('aws')).toEqual([RECORD]);
    });

    it('that is strange is not signed by keeping it again', async () => {
      await changed(({ seal: _, ...record }) => record);
      const undo = undoFiles(folder, SEALS);
      await undo.keep({ ...RECORD, was: 'more of it' });
      expect((await undo.all('aws'))[0]?.unsigned).toMatch(/^[0-9a-f]{64}$/);
    });
  });
});
