import { describe, expect, it } from 'vitest';
import { keepsAll, memoryRoom } from '../../src/app/loops/memory.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, SENDER, world } from './fixtures.ts';
import { toldWorld } from './told.ts';

const sized = (percent: number) => async () => ({ entries: 1, usedBytes: percent, mostBytes: 100 });

describe('the memory of the store', () => {
  it.each([
    [69, []],
    [70, ['error']],
    [85, ['error']],
  ])('at %i %% raises the alarm: %j', async (percent, expected) => {
    const said: string[] = [];
    const say = (level: string) => () => void said.push(level);
    const log = { info: say('info'), warn: say('warn'), error: say('error') };
    const { deps, audit } = world();
    await memoryRoom({ audit: { ...audit, size: sized(percent) }, log }, new Alarms(deps));
    expect(said).toEqual(expected);
  });

  it('that is nearly full takes no new request, and what was asked before is decided and closed', async () => {
    const { deps, audit, id, converge, load } = await approved();
    const { deps: other, audit: full } = world();
    const asked = await submit(other, ADA, ASK, SENDER);
    full.size = sized(85);
    audit.size = sized(99);
    await expect(submit(other, ADA, ASK, { ...SENDER, key: 'another' })).rejects.toMatchObject({
      code: 'storeFull',
      say: 'Drawbridge takes no new requests at the moment: its Redis is 85 % full.',
    });
    // What was already taken is answered as before.
    expect((await submit(other, ADA, ASK, SENDER)).id).toBe(asked.id);
    await decide(other, GRACE, { request: asked.id, verdict: 'approve' });
    expect((await other.store.load(asked.id)).request?.status).toBe('activating');
    await converge();
    await revoke(deps, GRACE, id);
    await converge();
    expect(await load()).toMatchObject({ status: 'ended', proof: { verdict: 'closed' } });
  });
});

describe('the settings of the store', () => {
  it('that let it lose data by now are told to operators once, by every way, and that they are right again', async () => {
    const { deps, titles } = toldWorld([{ chat: 'slack', kind: 'channel', id: 'C0OPERATORS' }]);
    const alarms = new Alarms(deps);
    let fault: Error | undefined;
    const keeps = async () => {
      if (fault) throw fault;
    };
    const look = () => keepsAll({ ...deps, keeps }, alarms);
    await look();
    fault = new Error('connect ECONNREFUSED');
    await look();
    expect(titles()).toEqual([]);
    fault = new JitError('unsafeRedis', { why: 'maxmemory-policy is allkeys-lru, which evicts keys', fix: 'Mend it.' });
    await look();
    await look();
    fault = undefined;
    await look();
    expect(titles()).toEqual(['Redis may lose data: its settings were changed', 'Redis keeps what it is given again']);
  });
});
