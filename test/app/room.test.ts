import { describe, expect, it } from 'vitest';
import { memoryRoom } from '../../src/app/loops/memory.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, SENDER, world } from './fixtures.ts';

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
