import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Directory, Freshness } from '../../src/ports/directory.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const AWAY = new JitError('directoryAway', { directory: 'Microsoft Entra ID', why: 'does not answer' });

/** A house whose directory can go away, and keeps how it was asked. */
function house() {
  const made = world();
  const asked: (Freshness | undefined)[] = [];
  let isAway = false;
  const { directory: known } = made.deps;
  const away = async <T>(freshness: Freshness | undefined, answer: () => Promise<T>) => {
    asked.push(freshness);
    if (isAway && freshness !== 'last') throw AWAY;
    return answer();
  };
  const directory: Directory = {
    ...known,
    person: (chat, user, freshness) => away(freshness, () => known.person(chat, user)),
    byId: (id, freshness) => away(freshness, () => known.byId(id)),
    members: (group) => away('now', () => known.members(group)),
  };
  const deps = { ...made.deps, directory };
  return {
    ...made,
    deps,
    box: inbox(deps),
    asked: () => asked.splice(0),
    goAway: () => {
      isAway = true;
    },
    comeBack: () => {
      isAway = false;
    },
  };
}

async function approved() {
  const made = house();
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
  const load = async () => (await made.deps.store.load(id)).request;
  return { ...made, id, load, run: () => converge(made.deps, MACHINE.id, never) };
}

describe('while nobody can tell who people are', () => {
  it('nothing is asked for or approved', async () => {
    const made = house();
    const { id } = await submit(made.deps, ADA, ASK, SENDER);
    made.goAway();
    await expect(
      submit(made.deps, ADA, { ...ASK, source: '203.0.113.9/32' }, { ...SENDER, key: 'k2' }),
    ).rejects.toMatchObject({
      code: 'directoryAway',
    });
    await expect(decide(made.deps, GRACE, { request: id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'directoryAway',
    });
    expect(await made.box.command({ ...SENDER, key: 'k3' }, 'request api-1 from 203.0.113.9 because x')).toMatchObject({
      refused: true,
    });
  });

  it('an approval stays, waits, and opens when the directory is back', async () => {
    const { goAway, comeBack, run, load, cloud, clock } = await approved();
    goAway();
    await run();
    expect(await load()).toMatchObject({ status: 'activating', trouble: { code: 'directoryAway' } });
    expect(cloud.calls).toEqual([]);
    comeBack();
    clock.advance(60_000);
    await run();
    expect(await load()).toMatchObject({ status: 'active' });
  });

  it('what is open is ended by whoever wants to, and on time', async () => {
    const { goAway, run, load, id, deps, box, clock, chat } = await approved();
    await run();
    goAway();
    await notify(deps, id, never);
    expect(chat.shown.length).toBeGreaterThan(0);
    const answer = await box.command({ ...SENDER, key: 'k9' }, `revoke ${id}`);
    expect(answer).toMatchObject({ refused: false });
    await run();
    clock.advance(60_000);
    await run();
    expect(await load()).toMatchObject({ status: 'ended' });
  });

  it('is denied, withdrawn, and revoked by others too', async () => {
    const made = house();
    const { id } = await submit(made.deps, ADA, ASK, SENDER);
    const mine = await submit(made.deps, ADA, { ...ASK, source: '203.0.113.8/32' }, { ...SENDER, key: 'k0' });
    const other = await submit(made.deps, ADA, { ...ASK, source: '203.0.113.9/32' }, { ...SENDER, key: 'k2' });
    await decide(made.deps, GRACE, { request: other.id, verdict: 'approve' });
    await converge(made.deps, MACHINE.id, never);
    made.goAway();
    await decide(made.deps, GRACE, { request: id, verdict: 'deny', reason: 'not now' });
    const withdrawn = await made.box.command({ ...SENDER, key: 'k3' }, `withdraw ${mine.id}`);
    expect(withdrawn).toMatchObject({ refused: false });
    await expect(revoke(made.deps, GRACE, other.id)).resolves.toMatchObject({ status: 'closing' });
  });
});

describe('who somebody is', () => {
  it('is asked anew for what decides, and not for what shows or ends', async () => {
    const { box, asked, deps } = house();
    const command = async (text: string, key: string) => {
      asked();
      await box.command({ ...SENDER, key }, text);
      return new Set(asked());
    };
    expect(await command('list', 'a')).toEqual(new Set(['last']));
    expect(await command('help', 'b')).toEqual(new Set(['lately']));
    expect([...(await command('request api-1 because x', 'c'))]).toContain('now');
    const [request] = await deps.store.live(1);
    expect(await command(`revoke ${request?.id}`, 'd')).toEqual(new Set(['last']));
    asked();
    await box.form({ ...SENDER, key: 'e' });
    expect(new Set(asked())).toEqual(new Set(['lately']));
  });

  it('is refused where the account is disabled', async () => {
    const { box, house: rules } = house();
    rules.people = [{ ...ADA, disabled: true }, GRACE];
    const answer = await box.command(SENDER, 'list');
    expect(answer.refused).toBe(true);
    expect(answer.lines.map(plain).join()).toContain('The account of Ada is disabled.');
  });

  it('ends an approval whose requester or approver is disabled before it opens', async () => {
    for (const gone of [ADA, GRACE]) {
      const { house: rules, run, load, cloud } = await approved();
      rules.people = [ADA, GRACE].map((person) => (person === gone ? { ...person, disabled: true } : person));
      await run();
      expect(await load()).toMatchObject({ status: 'ended' });
      expect(cloud.calls).toEqual([]);
    }
  });
});
