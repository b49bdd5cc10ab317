import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { acceptOffer } from '../../src/app/request/accept.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { declineOffer, offerLess } from '../../src/app/request/offer.ts';
import { askRequester } from '../../src/app/request/question.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import type { LessAsk } from '../../src/core/language/command.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const HOUR_MS = 3_600_000;
const [SSH, RDP] = [
  { number: 22, protocol: 'tcp' },
  { number: 3389, protocol: 'tcp' },
] as const;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const LESS: LessAsk = { ports: [SSH], forMs: HOUR_MS / 2, source: '203.0.113.1/32' };

/** Ada asks for two ports, two hours, from sixteen addresses. */
async function asked(policy: Partial<Policy> = {}) {
  const made = world({ people: [ADA, GRACE, SAM], policies: [{ ...POLICY, ports: [SSH, RDP], ...policy }] });
  const ask = {
    machine: 'api-1',
    ports: [SSH, RDP],
    forMs: 2 * HOUR_MS,
    source: '203.0.113.0/28',
    justification: 'deploy',
  };
  const { id } = await submit(made.deps, ADA, ask, SENDER);
  const load = async (which = id) => {
    const { request } = await made.deps.store.load(which);
    if (!request) throw new Error('there is no request');
    return request;
  };
  const offer = (less: LessAsk = LESS, person = GRACE) =>
    offerLess(made.deps, person, { request: id, less, reason: 'enough for that' });
  const accept = (person = ADA, version?: number) => acceptOffer(made.deps, person, id, version);
  return { ...made, id, load, offer, accept, run: () => converge(made.deps, MACHINE.id, never) };
}

describe('an offer', () => {
  it('that is made twice is one: nobody is called again, and its button stays good', async () => {
    const { load, offer, accept } = await asked();
    await offer();
    const { version } = await load();
    await offer();
    expect(await load()).toMatchObject({ version, offer: { version } });
    await offer({ ...LESS, forMs: HOUR_MS / 4 });
    expect((await load()).version).toBe(version + 1);
    await expect(accept(ADA, version)).rejects.toMatchObject({ code: 'noOffer' });
  });

  it('opens nothing, and leaves the request as it waits, with what would be approved on its card', async () => {
    const { load, offer, cloud, run } = await asked();
    await offer();
    await run();
    expect(cloud.calls).toEqual([]);
    const request = await load();
    expect(request).toMatchObject({
      status: 'pending',
      reviews: [],
      offer: { by: { id: 'grace' }, forMs: HOUR_MS / 2 },
    });
    const view = viewOf(request);
    expect(plain(view.headline)).toContain(
      'Grace would approve less for api-1: port 22 (SSH) from 203.0.113.1 for 30 min',
    );
    expect(view.buttons.map(({ verb }) => verb)).toEqual([
      'approve',
      'less',
      'accept',
      'decline',
      'ask',
      'deny',
      'withdraw',
    ]);
  });

  it('is over when whoever made it approves all', async () => {
    const { deps, id, load, offer } = await asked({ stages: [oneStage(['manager', 'group:security'], 2)] });
    await offer();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    expect(await load()).toMatchObject({ status: 'pending', reviews: [{ by: { id: 'grace' } }] });
    expect(await load()).not.toHaveProperty('offer');
  });

  it('is none for more time, which is decided as it is', async () => {
    const { deps, id, offer, run } = await asked();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await run();
    await extend(deps, ADA, id, HOUR_MS / 2);
    await expect(offer()).rejects.toMatchObject({ code: 'extensionAsItIs' });
    await expect(askRequester(deps, GRACE, id, 'why?')).rejects.toMatchObject({ code: 'extensionAsItIs' });
  });

  it.each<[string, LessAsk]>([
    ['more time', { ports: [], forMs: 3 * HOUR_MS }],
    ['another port', { ports: [SSH, { number: 5985, protocol: 'tcp' }] }],
    ['a wider source', { ports: [SSH], source: '203.0.113.0/24' }],
    ['another source', { ports: [SSH], source: '198.51.100.7/32' }],
    ['just what was asked for', { ports: [SSH, RDP], forMs: 2 * HOUR_MS, source: '203.0.113.0/28' }],
    ['less of one and more of another', { ports: [SSH], forMs: 3 * HOUR_MS }],
  ])('is never for %s', async (_, less) => {
    const { offer, load } = await asked();
    await expect(offer(less)).rejects.toMatchObject({ code: 'offerNotLess' });
    expect(await load()).not.toHaveProperty('offer');
  });

  it('is made by those who could approve just that now, and by nobody else', async () => {
    const { offer } = await asked();
    await expect(offer(LESS, ADA)).rejects.toMatchObject({ code: 'ownRequest' });
    await expect(offer(LESS, SAM)).rejects.toMatchObject({ code: 'notApprover' });
    await expect(offer({ ports: [], forMs: 60_000 })).rejects.toMatchObject({ code: 'tooShort' });
    const staged = await asked({ stages: [oneStage(['manager'], 1), oneStage(['group:security'], 1)] });
    await expect(staged.offer(LESS, SAM)).rejects.toMatchObject({ code: 'notYourStage' });
  });

  it('gives way to the next one; a button of the older one accepts nothing', async () => {
    const { offer, accept, load } = await asked({ stages: [oneStage(['manager', 'group:security'], 1)] });
    const first = await offer();
    await offer({ ports: [RDP] }, SAM);
    await expect(accept(ADA, first.version)).rejects.toMatchObject({ code: 'noOffer' });
    expect(await load()).toMatchObject({ offer: { by: { id: 'sam' }, ports: [RDP] } });
  });

  it('is not for a request that was decided', async () => {
    const { deps, id, offer, accept } = await asked();
    await offer();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await expect(accept()).rejects.toMatchObject({ code: 'alreadyDecided' });
    await expect(offer()).rejects.toMatchObject({ code: 'alreadyDecided' });
  });
});

describe('an offer that is accepted', () => {
  it('is a new request for just that, approved by whoever offered it; the old one is over', async () => {
    const { offer, accept, load, run, cloud, id } = await asked();
    await offer();
    const next = await accept();
    await run();
    expect(await load(next.id)).toMatchObject({
      status: 'active',
      follows: id,
      ports: [SSH],
      source: '203.0.113.1/32',
      forMs: HOUR_MS / 2,
      reviews: [{ by: { id: 'grace' }, verdict: 'approve', reason: 'enough for that' }],
    });
    expect(await load()).toMatchObject({ status: 'withdrawn', offer: { accepted: expect.any(Number) } });
    expect([...cloud.rules.values()].map(({ placement }) => placement.rule.source)).toEqual(['203.0.113.1/32']);
  });

  it('is accepted by the requester alone, and once, however often', async () => {
    const { offer, accept, deps } = await asked();
    await offer();
    await expect(accept(GRACE)).rejects.toMatchObject({ code: 'notYours' });
    const all = [await accept(), await accept(), await accept()];
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await deps.store.recent('ada', 9)).toHaveLength(2);
  });

  it('goes on where a process died after the old request gave way', async () => {
    const { offer, accept, deps, load } = await asked();
    await offer();
    const { save } = deps.store;
    deps.store.save = async (changes) => {
      if (changes.some(({ from }) => from === 0)) throw new Error('killed');
      return save.call(deps.store, changes);
    };
    await expect(accept()).rejects.toThrow('killed');
    deps.store.save = save.bind(deps.store);
    expect(await load((await accept()).id)).toMatchObject({ status: 'activating' });
  });

  it('is accepted once for ever, also when nobody remembers any more what it became', async () => {
    const { offer, accept, deps } = await asked();
    await offer();
    await accept();
    Object.assign(deps.store, { madeBy: async () => undefined });
    await expect(accept()).rejects.toMatchObject({ code: 'alreadyOver' });
  });

  it('counts as one approval of those that it takes', async () => {
    const { offer, accept, deps, load } = await asked({ stages: [oneStage(['manager', 'group:security'], 2)] });
    await offer();
    const next = await accept();
    expect(next).toMatchObject({ status: 'pending', reviews: [{ by: { id: 'grace' } }] });
    await decide(deps, SAM, { request: next.id, verdict: 'approve' });
    expect(await load(next.id)).toMatchObject({ status: 'activating' });
  });

  it.each<[string, (made: Awaited<ReturnType<typeof asked>>) => unknown]>([
    [
      'the machine was made anew',
      ({ cloud }) => Object.assign(cloud, { look: async () => ({ ...LOOK, identity: 'i-2' }) }),
    ],
    [
      'whoever offered it decides no more',
      ({ house }) => Object.assign(house, { people: [{ ...ADA, manager: 'sam' }, GRACE, SAM] }),
    ],
    [
      'the policy demands other approvals',
      ({ house }) => {
        house.policies = house.policies.map((policy) => ({
          ...policy,
          stages: [oneStage(['manager', 'group:security'], 1)],
        }));
      },
    ],
  ])('is approved by nobody yet where %s since', async (_, change) => {
    const made = await asked();
    await made.offer();
    change(made);
    const next = await made.accept();
    expect(next).toMatchObject({ status: 'pending', reviews: [], forMs: HOUR_MS / 2 });
  });

  it('is refused where it would not be allowed any more, and the first request goes on waiting', async () => {
    const { offer, accept, load, house } = await asked();
    await offer();
    house.policies = [];
    await expect(accept()).rejects.toMatchObject({ code: 'noPolicy' });
    expect(await load()).toMatchObject({ status: 'pending', offer: { by: { id: 'grace' } } });
  });

  it('is in the audit: who offered what, who accepted, and whose approval it is', async () => {
    const { offer, accept, audit } = await asked();
    await offer();
    await accept();
    const said = entriesOf(audit);
    expect(JSON.stringify(said)).toContain('port 22 (SSH) from 203.0.113.1 for 30 min: enough for that');
    expect(said.map(({ event }) => event)).toEqual(['asked', 'offered', 'offer accepted', 'asked', 'approved']);
  });
});

describe('an offer that is declined', () => {
  it.each([
    ['by the requester', ADA, 'Ada declined what was offered for api-1'],
    ['by whoever made it', GRACE, 'What was offered for api-1 was taken back'],
  ])('%s leaves the request waiting, and that is told', async (_, person, words) => {
    const { deps, id, offer, load } = await asked();
    await offer();
    await declineOffer(deps, person, id);
    const request = await load();
    expect(request).toMatchObject({ status: 'pending' });
    expect(request).not.toHaveProperty('offer');
    expect(plain(viewOf(request).headline)).toContain(words);
    await expect(declineOffer(deps, person, id)).rejects.toMatchObject({ code: 'noOffer' });
  });

  it('is declined by nobody else', async () => {
    const { deps, id, offer } = await asked();
    await offer();
    await expect(declineOffer(deps, SAM, id)).rejects.toMatchObject({ code: 'notYours' });
  });
});

describe('words for an offer', () => {
  it('are read from the box of the button, with a reason; none, or nonsense, is refused', async () => {
    const { deps, id, load } = await asked();
    const press = (reason: string) =>
      inbox(deps).press({ ...SENDER, user: 'U2', key: reason }, { verb: 'less', request: id, version: 1, reason });
    expect((await press('')).lines.map(plain).join()).toContain('It is not said what you would approve.');
    expect((await press('22 for ever')).refused).toBe(true);
    const said = async (reason: string) => (await press(reason)).lines.map(plain).join();
    expect(await said('half an hour please because enough')).toMatch(
      /Nothing was done\. Try `for 30min because enough`$/,
    );
    expect(await said('shorter')).toContain('Write for example `22 for 30m from 203.0.113.7`.');
    expect((await press('22 for 30m from 203.0.113.3 because that is all it takes')).refused).toBe(false);
    expect(await load()).toMatchObject({
      offer: { ports: [SSH], source: '203.0.113.3/32', reason: 'that is all it takes' },
    });
  });
});

const LOOK = {
  machine: MACHINE,
  protection: { ports: [SSH, RDP].map((port) => ({ port, sources: [], longestMs: 86_400_000 })) },
  standing: [],
};
