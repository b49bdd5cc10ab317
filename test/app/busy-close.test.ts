import { describe, expect, it } from 'vitest';
import { revoke } from '../../src/app/request/end.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { approved } from './approved.ts';
import { GRACE } from './fixtures.ts';

describe('a closing that waits for its turn at the cloud', () => {
  it('has nothing read to prove it, as others need the readings, and says that it waits', async () => {
    const { cloud, converge: run, load, deps, id } = await approved();
    await run();
    await revoke(deps, GRACE, id);
    let readings = 0;
    const { observe } = cloud;
    cloud.observe = (...asked) => {
      readings += 1;
      return observe(...asked);
    };
    cloud.failures = [new JitError('cloudBusy', { cloud: 'AWS' }, { retryAfterMs: 1_000, isQueued: true })];
    await run();
    expect(readings).toBe(0);
    const waiting = await load();
    expect(waiting).toMatchObject({ status: 'closing', trouble: { code: 'cloudBusy', tries: 0 } });
    expect(JSON.stringify(waiting && viewOf(waiting))).toContain('It has been waiting for its turn since');
    await run();
    expect(readings).toBe(1);
    expect(await load()).toMatchObject({ status: 'ended', proof: { verdict: 'closed' } });
  });
});
