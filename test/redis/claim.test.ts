import { describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { awayAtStart } from '../../src/redis/away.ts';
import { claimFolder, isLostFolder } from '../../src/redis/claim.ts';
import { redisOfFile } from './server.ts';

const server = redisOfFile();

const folder = (id: string | Error) => ({
  path: '/undo',
  read: async () => {
    if (id instanceof Error) throw id;
    return id;
  },
});
const BROKEN = new JitError('undoFolder', { folder: '/undo', why: 'folder-id can be neither read nor made (EIO)' });

describe('a start', () => {
  const start = (prefix: string, id: string | Error, mayBeAway: boolean) => {
    const redis = server.client();
    return awayAtStart(
      () => claimFolder(redis, prefix, folder(id)),
      mayBeAway,
      (error) => isLostFolder(redis, prefix, error),
    );
  };

  it('with the folder that the store knows, or the first one, has all that it needs', async () => {
    expect(await start('one', 'an id', true)).toBeUndefined();
    expect(await start('one', 'an id', true)).toBeUndefined();
  });

  it('without it begins all the same, where it has a lifeboat', async () => {
    await start('two', 'an id', true);
    expect(await start('two', 'another id', true)).toMatchObject({ code: 'foreignUndoFolder' });
    expect(await start('two', BROKEN, true)).toMatchObject({ code: 'undoFolder' });
    await expect(start('two', 'another id', false)).rejects.toMatchObject({ code: 'foreignUndoFolder' });
  });

  it('with a folder that cannot be used, and was never there, is a fault of the configuration', async () => {
    await expect(start('three', BROKEN, true)).rejects.toMatchObject({ code: 'undoFolder' });
  });

  it('with a Redis that takes no user begins all the same, where it has a lifeboat: only Redis can tell, and may say otherwise tomorrow', async () => {
    const refused = new JitError('redisRefuses', { why: 'WRONGPASS' });
    const begin = (mayBeAway: boolean) =>
      awayAtStart(
        () => Promise.reject(refused),
        mayBeAway,
        async () => false,
      );
    expect(await begin(true)).toBe(refused);
    await expect(begin(false)).rejects.toBe(refused);
  });

  it('with anything else that is wrong with a Redis that answers is one, too', async () => {
    const foreign = new JitError('foreignStore', { owner: 'a', installation: 'b', fix: 'Mend it.' });
    await expect(start('four', foreign, true)).rejects.toMatchObject({ code: 'foreignStore' });
    expect(await start('four', new Error('connect ECONNREFUSED'), true)).toMatchObject({
      message: 'connect ECONNREFUSED',
    });
  });
});
