import { describe, expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { revoke } from '../../src/app/request/end.ts';
import { memoryLock } from '../memory/lock.ts';
import { approved } from './approved.ts';
import { ADA, MACHINE } from './fixtures.ts';

const never = new AbortController().signal;

/** An approved request; what was said to the lock and to the cloud, in order. */
async function told(onlyRemoves: boolean | undefined) {
  const made = await approved();
  const { cloud } = made;
  const log: string[] = [];
  if (onlyRemoves !== undefined) cloud.onlyRemoves = () => onlyRemoves;
  const { open, close } = cloud;
  cloud.open = (...given) => {
    log.push('open');
    return open(...given);
  };
  cloud.close = (...given) => {
    log.push('close');
    return close(...given);
  };
  const real = memoryLock();
  const lock: Deps['lock'] = {
    hold: (keys, options, work) => {
      log.push(options.removes ? 'hold, removing' : 'hold');
      return real.hold(keys, options, (held) => {
        const writes = async () => {
          log.push('writes');
        };
        return work({ signal: held.signal, remainingMs: () => held.remainingMs(), writes });
      });
    },
  };
  const deps = { ...made.deps, lock };
  return { ...made, deps, log, look: () => converge(deps, MACHINE.id, never) };
}

describe('whoever has a lock', () => {
  it.each([
    ['where a list is written as a whole', false],
    ['where the cloud does not tell', undefined],
  ])('says before anything else that it writes: %s', async (_, onlyRemoves) => {
    const { deps, id, log, look } = await told(onlyRemoves);
    await look();
    expect(log).toEqual(['hold', 'writes', 'open']);
    log.length = 0;
    await revoke(deps, ADA, id);
    await look();
    expect(log).toEqual(['hold, removing', 'writes', 'close']);
  });

  it('only removes where closing does', async () => {
    const { deps, id, log, look } = await told(true);
    await look();
    log.length = 0;
    await revoke(deps, ADA, id);
    await look();
    expect(log).toEqual(['hold, removing', 'close']);
  });

  it('calls nothing where it may not write', async () => {
    const { deps, log, load } = await told(undefined);
    const lock: Deps['lock'] = {
      hold: (keys, options, work) =>
        deps.lock.hold(keys, options, (held) =>
          work({ signal: held.signal, remainingMs: () => 9_000, writes: () => Promise.reject(new Error('left')) }),
        ),
    };
    await converge({ ...deps, lock }, MACHINE.id, never);
    expect(log).toEqual(['hold']);
    expect((await load())?.status).toBe('activating');
  });
});
