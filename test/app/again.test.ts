import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { requestAgain } from '../../src/app/request/again.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke, withdraw } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { plain } from '../../src/core/language/text.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const key = (text: string) => ({ ...SENDER, key: text });

async function asked(source?: string) {
  const made = world({ sources: new Map([['vpn', ['203.0.113.0/28']]]) });
  const { id } = await submit(made.deps, ADA, { ...ASK, ...(source === undefined ? {} : { source }) }, SENDER);
  const deny = () => decide(made.deps, GRACE, { request: id, verdict: 'deny', reason: 'not now' });
  const again = (text = 'k2', person = ADA) => requestAgain(made.deps, person, id, key(text));
  const load = async (which = id) => (await made.deps.store.load(which)).request;
  return { ...made, id, deny, again, load, run: () => converge(made.deps, MACHINE.id, never) };
}
type Made = Awaited<ReturnType<typeof asked>>;

const OVER: readonly [string, (made: Made) => Promise<unknown>][] = [
  ['denied', ({ deny }) => deny()],
  ['withdrawn', ({ deps, id }) => withdraw(deps, ADA, id)],
  [
    'expired',
    async ({ clock, run }) => {
      clock.advance(POLICY.unansweredMs);
      await run();
    },
  ],
  [
    'ended',
    async ({ deps, id, run }) => {
      await decide(deps, GRACE, { request: id, verdict: 'approve' });
      await run();
      await revoke(deps, ADA, id);
      await run();
    },
  ],
];

describe('asked again', () => {
  it('shows on its card that it was denied, by whom, and why; others say nothing of that', async () => {
    const { deny, again, load, clock } = await asked();
    clock.advance(240_000);
    await deny();
    const { request } = await again();
    const view = viewOf(request);
    expect(view.notes.map(({ text }) => plain(text))).toEqual([
      'Asked again: denied by Grace at 12:04 UTC, because “not now”.',
    ]);
    expect(await load(request.id)).toMatchObject({ denied: { by: { id: 'grace' } } });
  });

  it.each(OVER)('what was %s is a new request, linked to the old one, with one press', async (status, over) => {
    const made = await asked();
    await over(made);
    const before = await made.load();
    expect(before?.status).toBe(status);
    expect(before && viewOf(before).buttons.map(({ verb }) => verb)).toContain('again');
    const press = { verb: 'again', request: made.id, version: before?.version ?? 0 } as const;
    const { lines, refused } = await inbox(made.deps).press(key('press'), press);
    expect(refused).toBe(false);
    expect(lines.map(plain).join(' ')).toContain('Waiting for approval by Grace.');
    const [next] = await made.deps.store.recent('ada', 1);
    expect(next).toMatchObject({
      status: 'pending',
      follows: made.id,
      source: '203.0.113.7/32',
      forMs: ASK.forMs,
      justification: 'deploy',
    });
    expect(await made.load()).toEqual(before);
  });

  it('twice shows the first of both', async () => {
    const { deny, again } = await asked();
    await deny();
    const first = await again('k2');
    expect(await again('k3')).toEqual({ request: first.request, stoodBefore: true });
  });

  it('while it waits or is open shows it as it is', async () => {
    const { again, id, load } = await asked();
    expect(await again()).toEqual({ request: await load(), stoodBefore: true });
    expect((await load())?.id).toBe(id);
  });

  it('is for whoever requested it, and for what is over', async () => {
    const { deps, id, deny, again, run, cloud } = await asked();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await run();
    cloud.close = () => Promise.reject(new Error('away'));
    await revoke(deps, ADA, id);
    await expect(again()).rejects.toMatchObject({ code: 'notOverYet' });
    const other = await asked();
    await other.deny();
    await expect(other.again('k2', GRACE)).rejects.toMatchObject({ code: 'notYours' });
    await expect(requestAgain(deps, ADA, 'zzzzzzz', SENDER)).rejects.toMatchObject({ code: 'unknownRequest' });
    expect(deny).toBeDefined();
  });

  it('is judged anew', async () => {
    const { deny, again, house } = await asked();
    await deny();
    house.policies = [{ ...POLICY, longestMs: 1_800_000 }];
    await expect(again()).rejects.toMatchObject({ code: 'policyDuration' });
  });

  it('is from the same address as long as it is the one that was used last', async () => {
    const { deps, deny, again } = await asked('203.0.113.9/32');
    await deny();
    expect((await again()).request).toMatchObject({ source: '203.0.113.9/32' });
    const moved = await asked('203.0.113.9/32');
    await moved.deny();
    const elsewhere = await submit(moved.deps, ADA, { ...ASK, source: '203.0.113.12/32' }, key('k3'));
    await withdraw(moved.deps, ADA, elsewhere.id);
    await expect(moved.again()).rejects.toMatchObject({ code: 'sourceOfBefore' });
    expect(deps).toBeDefined();
  });

  it('by a name is for what the name stands for now, and for nothing where it is gone', async () => {
    const { deny, again, house } = await asked('vpn');
    await deny();
    house.sources = new Map([['vpn', ['198.51.100.0/28']]]);
    expect((await again()).request).toMatchObject({ source: '198.51.100.0/28', sourceName: 'vpn' });
    const gone = await asked('vpn');
    await gone.deny();
    gone.house.sources = new Map();
    await expect(gone.again()).rejects.toMatchObject({ code: 'sourceOfBefore' });
  });
});
