import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { stepsOf } from '../../src/app/people/steps.ts';
import { acceptOffer } from '../../src/app/request/accept.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { offerLess } from '../../src/app/request/offer.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { isSteppedUp, type StepUp, stepUpOf } from '../../src/core/policy/step-up.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import type { Report } from '../../src/core/view/report.ts';
import type { BrowserRoom } from '../../src/ports/browser-room.ts';
import { memoryCeremonies } from '../memory/ceremonies.ts';
import { ASK } from './approved.ts';
import { ADA, MACHINE, GRACE as MANAGER, POLICY, SENDER, world } from './fixtures.ts';

const [GRACE_ID, SAM_ID] = ['a2a2a2a2-0000-4000-8000-000000000002', 'a3a3a3a3-0000-4000-8000-000000000003'];
const GRACE: Person = { ...MANAGER, entra: GRACE_ID };
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', entra: SAM_ID, groups: ['security'] };
const KIM: Person = { id: 'kim', name: 'Kim', slack: 'U4', groups: ['security'] };
const POLICY_OF_TWO = { ...POLICY, stages: [oneStage(['manager', 'group:security'], 1)] };
const OVER = 11 * 60_000;

/** Ada's request in a house whose policy demands this of approvers. */
async function house(stepUp: StepUp | undefined, more: { readonly approvals?: number } = {}) {
  const stages = [oneStage(['manager', 'group:security'], more.approvals ?? 1)];
  const policies = [{ ...POLICY_OF_TWO, stages, ...(stepUp ? { stepUp } : {}) }];
  const made = world({ people: [ADA, GRACE, SAM, KIM], policies });
  const told: { readonly to: string; readonly text: string }[] = [];
  const chat = Object.assign(made.chat, {
    async tell({ sections }: Report, { id }: { readonly id: string }) {
      const failure = made.chat.failures.shift();
      if (failure) throw failure;
      told.push({ to: id, text: sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line))).join(' ') });
    },
  });
  let signsIn = { entra: GRACE_ID, name: 'Grace' };
  const asked: unknown[] = [];
  const ceremonies = memoryCeremonies();
  const browser: BrowserRoom = {
    url: 'https://drawbridge.example.com',
    seals: sealer('test', 'link', [{ id: 'w1', secret: 'a key' }]),
    ceremonies,
    signIn: {
      async address(ask) {
        asked.push(ask);
        return `https://login.example/?state=${ask.state}`;
      },
      person: async () => signsIn,
    },
  };
  const deps = { ...made.deps, chats: new Map([['slack', chat] as const]), ceremonies, browser };
  const box = inbox(deps);
  const { id } = await submit(deps, ADA, ASK, SENDER);
  let keys = 0;
  const sender = ({ slack = '' }: Person) => {
    keys += 1;
    return { ...SENDER, user: slack, key: `s${keys}` };
  };
  const answerTo = async (person: Person, text: string) => box.command(sender(person), text);
  const types = async (person: Person, text: string) => (await answerTo(person, text)).lines.map(plain).join(' / ');
  const presses = (person: Person, version = 99) =>
    box.press(sender(person), { verb: 'approve', request: id, version });
  const load = async () => (await deps.store.load(id)).request;
  const steps = stepsOf(deps, browser);
  return {
    ...{ ...made, deps, id, told, types, answerTo, presses, load, steps, asked, ceremonies },
    signInAs(one: typeof signsIn) {
      signsIn = one;
    },
    /** The number that the requester was told last. */
    number: () => /tell them: (\d\d)/.exec(told.at(-1)?.text ?? '')?.[1] ?? '',
    async ticket(person: Person) {
      const { lines } = await presses(person);
      return /\/step\/([\w.-]+)/.exec(lines.map(plain).join(' '))?.[1] ?? '';
    },
    async through(ticket: string, browserOf = 'b') {
      const address = await steps.begin(ticket, browserOf);
      return steps.back(new URL(address).searchParams, browserOf);
    },
    run: () => converge(deps, MACHINE.id, new AbortController().signal),
  };
}

describe('number matching', () => {
  it('approves with the number that the requester was told, and records it', async () => {
    const { presses, number, types, id, load, told, audit } = await house('numberMatch');
    const { report, refused } = await presses(GRACE);
    expect(refused).toBe(true);
    expect(audit.all.at(-1)?.record).toContain('"code":"numberNeeded"');
    const buttons = report?.sections[0]?.rows.flatMap(({ button }) => button?.command ?? []) ?? [];
    expect(buttons).toHaveLength(3);
    expect(buttons).toContain(`match ${id} ${number()}`);
    expect(told.map(({ to }) => to)).toEqual(['U1']);
    expect(await load()).toMatchObject({ status: 'pending' });
    expect(await types(GRACE, `match ${id} ${number()}`)).toContain('approved by Grace');
    expect(await load()).toMatchObject({ status: 'activating', reviews: [{ stepUp: 'numberMatch' }] });
  });

  it('gives nobody a second guess, and others a number of their own', async () => {
    const { presses, number, types, id, load, audit } = await house('numberMatch');
    await presses(GRACE);
    const wrong = number() === '10' ? '11' : '10';
    expect(await types(GRACE, `match ${id} ${wrong}`)).toContain('was told another number');
    expect(audit.all.at(-1)?.record).toContain('"code":"wrongNumber"');
    expect(await types(GRACE, `match ${id} ${number() || '10'}`)).toContain('No approval of yours waits');
    expect((await presses(GRACE)).lines.map(plain).join('')).toContain('was told another number');
    await presses(SAM);
    expect(await types(KIM, `match ${id} ${number() || '10'}`)).toContain('No approval of yours waits');
    expect(await types(SAM, `match ${id} ${number()}`)).toContain('approved by Sam');
    expect(await load()).toMatchObject({ status: 'activating' });
  });

  it('counts once, for minutes, and not after the store went back', async () => {
    const { presses, number, types, id, clock, deps } = await house('numberMatch', { approvals: 2 });
    await presses(GRACE);
    clock.advance(OVER);
    expect(await types(GRACE, `match ${id} ${number() || '10'}`)).toContain('No approval of yours waits');
    await presses(GRACE);
    const restore = (deps.store as ReturnType<typeof world>['deps']['store'] & { snapshot(): () => void }).snapshot();
    restore();
    expect(await types(GRACE, `match ${id} ${number() || '10'}`)).toContain('No approval of yours waits');
  });

  it('is refused where the requester cannot be told', async () => {
    const { presses, chat } = await house('numberMatch');
    chat.failures.push(new Error('silent'));
    expect((await presses(GRACE)).lines.map(plain).join('')).toContain(new JitError('numberUntold').say);
  });

  it('is asked of whoever approves more time, too', async () => {
    const { presses, number, types, id, run, deps, load } = await house('numberMatch');
    await presses(GRACE);
    await types(GRACE, `match ${id} ${number()}`);
    await run();
    await extend(deps, ADA, id, 1_800_000);
    expect(phrased((await presses(GRACE)).report?.title ?? '')).toContain('Which number');
    await types(GRACE, `match ${id} ${number()}`);
    expect(await load()).not.toHaveProperty('extension');
  });

  it('is asked of nobody who could not approve anyway, nor of whoever denies', async () => {
    const { presses, types, id, told, load } = await house('numberMatch');
    expect((await presses(ADA)).lines.map(plain).join('')).toContain('your own request');
    expect(told).toEqual([]);
    await types(GRACE, `deny ${id} because no`);
    expect(await load()).toMatchObject({ status: 'denied' });
  });
});

describe('a fresh sign-in', () => {
  it('approves what the page shows, once, in one browser', async () => {
    const { ticket, steps, through, load, asked, id, audit } = await house('signIn');
    const one = await ticket(GRACE);
    expect(audit.all.at(-1)?.record).toContain('"code":"signInNeeded"');
    const page = await steps.show(one);
    expect([page.title, page.button]).toEqual(['Approve this request?', 'Sign in and approve']);
    expect(page.facts).toContainEqual(['Requester', ['Ada']]);
    expect(await load()).toMatchObject({ status: 'pending' });
    const end = await through(one);
    expect(asked).toMatchObject([{ isFresh: true }]);
    expect(await load()).toMatchObject({
      id,
      status: 'activating',
      reviews: [{ by: { id: 'grace' }, stepUp: 'signIn' }],
    });
    expect(await steps.done(end, 'b')).toMatchObject({ title: 'You approved it' });
    await expect(steps.done(end, 'another')).rejects.toMatchObject({ code: 'otherBrowser' });
    await expect(steps.begin(one, 'b')).rejects.toMatchObject({ code: 'linkOver' });
    await expect(steps.show(one)).rejects.toMatchObject({ code: 'linkOver' });
  });

  it('counts for the person who pressed, and nobody else, even one who may decide', async () => {
    const { ticket, through, signInAs, load, audit, id } = await house('signIn');
    signInAs({ entra: SAM_ID, name: 'Sam' });
    await expect(through(await ticket(GRACE))).rejects.toMatchObject({ code: 'otherAccount' });
    expect(JSON.parse(audit.all.at(-1)?.record ?? '')).toMatchObject({
      ...{ event: 'approve', outcome: 'refused', by: 'grace', as: 'approver', request: id, code: 'otherAccount' },
    });
    expect(await load()).toMatchObject({ status: 'pending' });
  });

  it('is judged when it comes back: the approver may be gone, the request decided', async () => {
    const first = await house('signIn');
    const one = await first.ticket(GRACE);
    first.house.people = [ADA, { ...GRACE, disabled: true }, SAM];
    await expect(first.through(one)).rejects.toMatchObject({ code: 'personDisabled' });
    const second = await house('signIn');
    const late = await second.ticket(GRACE);
    await second.types(ADA, `withdraw ${second.id}`);
    await expect(second.through(late)).rejects.toMatchObject({ code: 'alreadyOver' });
  });

  it('is void after ten minutes, and after the store went back', async () => {
    const { ticket, through, clock, deps } = await house('signIn');
    const old = await ticket(GRACE);
    clock.advance(OVER);
    await expect(through(old)).rejects.toMatchObject({ code: 'linkOver' });
    const before = await ticket(GRACE);
    (deps.store as typeof deps.store & { snapshot(): () => void }).snapshot()();
    await expect(through(before)).rejects.toMatchObject({ code: 'linkOver' });
  });

  it('cannot be told of somebody without an account of Entra', async () => {
    const { presses } = await house('signIn');
    expect((await presses(KIM)).lines.map(plain).join('')).toContain(new JitError('noAccount', { name: 'Kim' }).say);
  });

  it('is more than a number: a number is not enough where both are demanded', async () => {
    const made = await house('numberMatch');
    await made.presses(GRACE);
    const [one] = made.house.policies;
    if (one) made.house.policies = [{ ...one, stepUp: 'signIn' }];
    expect(await made.types(GRACE, `match ${made.id} ${made.number()}`)).toContain('needs a fresh sign-in');
    expect(await made.load()).toMatchObject({ status: 'pending' });
  });
});

describe('a policy that demands more from now on', () => {
  it('opens nothing that was approved with less', async () => {
    const made = await house(undefined);
    await made.types(GRACE, `approve ${made.id}`);
    expect(await made.load()).toMatchObject({ status: 'activating' });
    const [one] = made.house.policies;
    if (one) made.house.policies = [{ ...one, stepUp: 'signIn' }];
    await made.run();
    expect(made.cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);
    expect((await made.load())?.status).not.toBe('active');
  });
});

describe('an offer of less', () => {
  it.each(['numberMatch', 'signIn'] as const)(
    'is no approval where a policy demands %s: whoever offered it is asked again',
    async (stepUp) => {
      const { deps, id, run, cloud } = await house(stepUp);
      await offerLess(deps, GRACE, { request: id, less: { ports: [], forMs: 1_800_000 } });
      const next = await acceptOffer(deps, ADA, id);
      expect(next).toMatchObject({ status: 'pending', reviews: [] });
      await expect(decide(deps, GRACE, { request: next.id, verdict: 'approve' })).rejects.toMatchObject({
        code: stepUp === 'signIn' ? 'signInNeeded' : 'numberNeeded',
      });
      await run();
      expect(cloud.calls).toEqual([]);
    },
  );
});

describe('the demands of several policies', () => {
  it('are those of the one that demands most', () => {
    const all: readonly (StepUp | undefined)[] = [undefined, 'numberMatch', 'signIn'];
    const policyOf = (stepUp: StepUp | undefined) => (stepUp ? { stepUp } : {});
    for (const [i, a] of all.entries())
      for (const [j, b] of all.entries()) {
        const both = stepUpOf([policyOf(a), policyOf(b)]);
        expect(both).toBe(all[Math.max(i, j)]);
        expect(isSteppedUp(a, b)).toBe(i >= j);
      }
  });
});
