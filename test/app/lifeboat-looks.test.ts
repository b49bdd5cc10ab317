import { describe, expect, it, vi } from 'vitest';
import { CloudBoat } from '../../src/app/lifeboat/closing.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, placement, SENDER } from './fixtures.ts';
import { boatWorld } from './lifeboat-rig.ts';

const never = new AbortController().signal;

describe('a look at a cloud', () => {
  /** A rule that this process knows nothing of, and that is over. */
  function strange(made: ReturnType<typeof boatWorld>, source = '198.51.100.7/32') {
    const found = { placement: placement(source), mark: 'valid', until: made.clock.now() } as const;
    made.cloud.rules.set(placementKey(found.placement), found);
    return found;
  }

  it('that failed is made again soon, and not after minutes', async () => {
    const made = boatWorld();
    const marked = made.cloud.marked.bind(made.cloud);
    let looks = 0;
    made.cloud.marked = async function* () {
      looks += 1;
      yield* [];
      throw new Error('ECONNRESET');
    };
    strange(made);
    made.become('away');
    await made.pass(25);
    expect(made.boat.isOn).toBe(true);
    expect(looks).toBeLessThan(4);
    made.cloud.marked = marked;
    await made.pass(20);
    expect(made.cloud.rules.size).toBe(0);
  });

  it('that fails for long is made no more often than any other', async () => {
    const made = boatWorld();
    let looks = 0;
    made.cloud.marked = async function* () {
      looks += 1;
      yield* [];
      throw new Error('ECONNRESET');
    };
    made.become('away');
    await made.pass(600);
    const first = looks;
    await made.pass(1_800);
    expect(looks - first).toBeLessThanOrEqual(10);
  });

  it('that is silent holds up nothing of what is known, or was read before', async () => {
    const made = boatWorld();
    const { deps, memory, spool, cloud, clock } = made;
    const silent = Promise.withResolvers<void>();
    const { id } = await submit(deps, ADA, ASK, SENDER);
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await converge(deps, MACHINE.id, never);
    clock.advance(HOUR_MS + 1_000);
    const over = strange(made);
    cloud.marked = async function* () {
      yield { ...over, cloudNow: clock.now() };
      await silent.promise;
    };
    const boat = new CloudBoat({ deps, memory, spool, patrolMs: 180_000 }, cloud);
    const looking = boat.look(never);
    await vi.waitFor(async () => {
      await boat.round(never);
      expect(cloud.rules.size).toBe(0);
    });
    silent.resolve();
    await looking;
  });

  it('of another time that Redis was away is given up', async () => {
    const made = boatWorld();
    const { deps, memory, spool, cloud, clock } = made;
    const silent = Promise.withResolvers<void>();
    const over = strange(made);
    cloud.marked = async function* () {
      await silent.promise;
      yield { ...over, cloudNow: clock.now() };
    };
    const boat = new CloudBoat({ deps, memory, spool, patrolMs: 180_000 }, cloud);
    const looking = boat.look(never);
    boat.reset();
    silent.resolve();
    await looking;
    await boat.round(never);
    expect(cloud.rules.size).toBe(1);
    await boat.look(never);
    await boat.round(never);
    expect(cloud.rules.size).toBe(0);
  });
});
