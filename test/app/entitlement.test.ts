import { describe, expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, TestCloud, world } from './fixtures.ts';

const never = new AbortController().signal;
const NO = new JitError('notEntitled', { name: 'Ada', machine: 'api-1', action: 'x' });
const UNKNOWN = new JitError('entitlementUnknown', { name: 'Ada', machine: 'api-1', cloud: 'Azure' });

/** A house whose cloud is asked who may; `say` holds what it answers, and `asked` whom it was asked about. */
function house(policy = POLICY) {
  const made = world({ policies: [policy] });
  const say: { error?: JitError } = {};
  const asked: string[] = [];
  const cloud = Object.assign(made.cloud, {
    async mayRequest({ id }: { readonly id: string }): Promise<void> {
      asked.push(id);
      if (say.error) throw say.error;
    },
  });
  const deps: Deps = { ...made.deps, clouds: new Map([['aws', cloud]]) };
  const ask = () => submit(deps, ADA, ASK, SENDER);
  const approve = async () => {
    const { id } = await ask();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    return id;
  };
  const run = () => converge(deps, MACHINE.id, never);
  const load = async (id: string) => (await deps.store.load(id)).request;
  return { ...made, cloud, deps, say, asked, ask, approve, run, load };
}

describe('what the cloud itself says of a person', () => {
  it.each([NO, UNKNOWN])('refuses an ask: $code', async (error) => {
    const { say, ask, deps } = house();
    say.error = error;
    await expect(ask()).rejects.toBe(error);
    expect(await deps.store.live(9)).toEqual([]);
  });

  it.each([NO, UNKNOWN])('refuses an approval, about whoever asked: $code', async (error) => {
    const { say, ask, deps, asked, load } = house();
    const { id } = await ask();
    say.error = error;
    await expect(decide(deps, GRACE, { request: id, verdict: 'approve' })).rejects.toBe(error);
    expect((await load(id))?.status).toBe('pending');
    expect(new Set(asked)).toEqual(new Set(['ada']));
    // Nobody has to be entitled to anything for a “no”.
    await decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'not now' });
  });

  it.each([NO, UNKNOWN])('refuses more time, also where nobody has to decide about it: $code', async (error) => {
    const { say, approve, run, deps, load } = house({ ...POLICY, extendSelfUpToMs: 3_600_000 });
    const id = await approve();
    await run();
    await extend(deps, ADA, id, 600_000);
    const before = await load(id);
    say.error = error;
    await expect(extend(deps, ADA, id, 600_000)).rejects.toBe(error);
    expect(await load(id)).toEqual(before);
  });

  it('ends a lease that was approved and is not open yet, with nothing written', async () => {
    const { say, approve, run, cloud, load } = house();
    const id = await approve();
    say.error = NO;
    await run();
    expect(await load(id)).toMatchObject({ ending: { why: 'failed', say: expect.stringContaining('roles of Ada') } });
    expect(cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);
  });

  it('opens nothing while it cannot be told, and opens once it can', async () => {
    const { say, approve, run, cloud, load, clock } = house();
    const id = await approve();
    say.error = UNKNOWN;
    await run();
    expect(await load(id)).toMatchObject({ status: 'activating', trouble: { code: 'entitlementUnknown' } });
    expect(cloud.calls).toEqual([]);
    delete say.error;
    clock.advance(MINUTE_MS);
    await run();
    expect((await load(id))?.status).toBe('active');
  });

  it('has no part in closing', async () => {
    const { say, approve, run, load, clock } = house();
    const id = await approve();
    await run();
    say.error = NO;
    clock.advance(61 * MINUTE_MS);
    await run();
    expect(await load(id)).toMatchObject({ status: 'ended', ending: { why: 'elapsed' }, proof: { verdict: 'closed' } });
  });

  it('is not asked where it has nothing to say', () => expect(new TestCloud()).not.toHaveProperty('mayRequest'));
});
