import { describe, expect, it } from 'vitest';
import { HealthWatch, startHealth } from '../../src/app/loops/health.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { world } from './fixtures.ts';

const signal = new AbortController().signal;

/** A world whose parts a test can break, and a clock that it moves. */
function watched() {
  const made = world();
  let at = 1_000;
  const watch = new HealthWatch(made.deps, () => at);
  const part = (name: string) => watch.parts().find((one) => one.name === name);
  const look = async (now: number) => {
    at = now;
    await watch.lookAtStore();
    await watch.look(signal);
  };
  return { ...made, watch, part, look };
}

describe('the health of the parts', () => {
  it('is told of each, with what is wrong and since when', async () => {
    const { watch, part, look, chat, cloud } = watched();
    await look(1_000);
    expect(
      watch
        .parts()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['aws', 'aws places', 'directory', 'redis', 'redis clock', 'redis memory', 'slack'].sort());
    expect(watch.parts().filter(({ trouble }) => trouble)).toEqual([]);
    chat.check = () => Promise.reject(new JitError('chatSilent', { chat: 'Slack' }));
    cloud.unread = ['123456789012 in eu-west-1'];
    await look(2_000);
    await look(3_000);
    expect(part('slack')).toEqual({ name: 'slack', since: 2_000, trouble: 'Slack did not respond.' });
    expect(part('aws')).toEqual({ name: 'aws', since: 1_000 });
    expect(part('aws places')?.trouble).toBe('could not be read: 123456789012 in eu-west-1');
    cloud.unread = [];
    await look(4_000);
    expect(part('aws places')).toEqual({ name: 'aws places', since: 4_000 });
  });

  it('says which parts are missing: the store, all chats, or all clouds, and no secret of a library', async () => {
    const { watch, look, chat, cloud, deps, part } = watched();
    await look(1_000);
    expect(watch.missing()).toEqual([]);
    chat.check = () => Promise.reject(new Error('xoxb-secret is wrong'));
    cloud.check = () => Promise.reject(new Error('key is wrong'));
    const { store } = deps;
    Object.assign(deps, { store: { ...store, now: () => Promise.reject(new Error('READONLY')) } });
    await look(2_000);
    expect(watch.missing()).toEqual(['redis', 'slack', 'aws']);
    expect(part('slack')?.trouble).toBe('does not work; the log says why');
  });

  it('includes what stands beside the store', async () => {
    let trouble: string | undefined = 'It is missing.';
    const { deps } = watched();
    const watch = new HealthWatch(deps, () => 1_000, { 'undo folder': () => trouble });
    await watch.lookAtStore();
    expect(watch.missing()).toEqual(['undo folder']);
    expect(watch.parts()).toContainEqual({ name: 'undo folder', since: 1_000, trouble: 'It is missing.' });
    trouble = undefined;
    await watch.lookAtStore();
    expect(watch.missing()).toEqual([]);
  });

  it('is looked at until it is stopped', async () => {
    const { watch } = watched();
    const running = startHealth(watch, { storeMs: 1, othersMs: 60_000 });
    await expect.poll(() => watch.parts().length).toBe(7);
    await running.stop();
  });

  it('stops in the middle of a look', async () => {
    const { watch, chat } = watched();
    const looking = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    chat.check = () => {
      looking.resolve();
      return done.promise;
    };
    const running = startHealth(watch, { storeMs: 60_000, othersMs: 60_000_000 });
    await looking.promise;
    const stopped = running.stop();
    done.resolve();
    await stopped;
  });
});
