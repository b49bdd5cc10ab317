import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { extend } from '../../src/app/request/extend.ts';
import { notify } from '../../src/app/request/notify.ts';
import { offerLess } from '../../src/app/request/offer.ts';
import { askRequester } from '../../src/app/request/question.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const LIN: Person = { id: 'lin', name: 'Lin', slack: 'U4', groups: ['eng'] };
const TWO = { ...POLICY, onBehalf: true as const, stages: [oneStage(['manager', 'group:security'], 2)] };
const LESS = { ports: [], forMs: HOUR_MS / 2 };

type Made = ReturnType<typeof made>;
interface Step {
  readonly when: string;
  readonly steps: (made: Made, id: string) => Promise<unknown>;
  readonly shown: Readonly<Record<string, readonly string[]>>;
}

function made(asker: Person = ADA, people: readonly Person[] = [ADA, GRACE, SAM, LIN]) {
  const house = world({ people, policies: [TWO] });
  Object.assign(house.cloud, { trace: async () => ({ machine: MACHINE, ways: [] }) });
  const sender = (who: Person) => ({ ...SENDER, user: who.slack ?? '', key: `k-${who.id}` });
  const ask = asker === ADA ? ASK : { ...ASK, whom: '@ada' };
  const approve = (id: string, who = GRACE) => decide(house.deps, who, { request: id, verdict: 'approve' });
  const open = async (id: string) => {
    await approve(id);
    await approve(id, SAM);
    await converge(house.deps, MACHINE.id, never);
  };
  /** What each place shows now, by the id of the place. */
  const shown = async (id: string) => {
    house.chat.shown.length = 0;
    await notify(house.deps, id, never);
    return Object.fromEntries(
      house.chat.shown.map(({ place, view }) => [place.id, view.buttons.map(({ verb }) => verb)]),
    );
  };
  return { ...house, sender, approve, open, shown, asked: () => submit(house.deps, asker, ask, sender(asker)) };
}

const DECIDING = ['approve', 'less', 'ask', 'deny'];
const STEPS: readonly Step[] = [
  {
    when: 'it waits',
    steps: async () => undefined,
    shown: { C1: DECIDING, U1: ['nudge', 'withdraw'], U2: DECIDING, U3: DECIDING },
  },
  {
    when: 'one of them approved',
    steps: ({ approve }, id) => approve(id),
    shown: { C1: DECIDING, U1: ['nudge', 'withdraw'], U2: ['ask', 'deny'], U3: DECIDING },
  },
  {
    when: 'somebody offered less',
    steps: ({ deps }, id) => offerLess(deps, GRACE, { request: id, less: LESS }),
    shown: { C1: DECIDING, U1: ['accept', 'decline', 'withdraw'], U2: ['approve', 'less', 'decline', 'ask', 'deny'] },
  },
  {
    when: 'somebody asked',
    steps: ({ deps }, id) => askRequester(deps, GRACE, id, 'which release?'),
    shown: { C1: DECIDING, U1: ['answer', 'withdraw'], U2: DECIDING },
  },
  {
    when: 'it is open',
    steps: ({ open }, id) => open(id),
    shown: { C1: ['why', 'revoke'], U1: ['extend', 'why', 'revoke'], U2: ['revoke'], U3: ['revoke'] },
  },
  {
    when: 'more time is asked for',
    steps: async ({ open, deps }, id) => {
      await open(id);
      await extend(deps, ADA, id, HOUR_MS / 4);
    },
    shown: {
      C1: ['approve', 'deny', 'why', 'revoke'],
      U1: ['nudge', 'why', 'revoke'],
      U2: ['approve', 'deny', 'revoke'],
    },
  },
  {
    when: 'it was denied',
    steps: ({ deps }, id) => decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'no' }),
    shown: { C1: [], U1: ['again'], U2: [], U3: [] },
  },
];

describe('a card', () => {
  it.each(STEPS)('has the buttons of its reader when $when', async ({ steps, shown: wanted }) => {
    const here = made();
    const request = await here.asked();
    await steps(here, request.id);
    expect(await here.shown(request.id)).toMatchObject(wanted);
  });

  it.each(STEPS)('shows nobody what they may not press when $when', async ({ steps }) => {
    for (const person of [ADA, GRACE, SAM]) {
      const first = made();
      const { id } = await first.asked();
      await steps(first, id);
      for (const verb of (await first.shown(id))[person.slack ?? ''] ?? []) {
        const here = made();
        const request = await here.asked();
        await steps(here, request.id);
        const own = {
          ...here.sender(person),
          place: { chat: 'slack', kind: 'private', id: person.slack ?? '' } as const,
        };
        const { version } = (await here.deps.store.load(request.id)).request ?? request;
        const reason = verb === 'less' ? 'for 20m' : 'words';
        const answer = await inbox(here.deps).press(own, { verb, request: request.id, version, reason });
        expect([verb, answer.refused, answer.lines.map(plain).join(' ')]).toEqual([verb, false, expect.any(String)]);
      }
    }
  });

  it('of a channel has what the requester may press where they have no card of their own', async () => {
    const here = made(ADA, [{ ...ADA, slack: 'U1' }, GRACE, SAM]);
    const request = await here.asked();
    const alone = { ...request, places: request.places.filter(({ id }) => id !== 'U1') };
    here.deps.store.load = async () => ({ request: alone, now: { at: 0, random: '' } }) as never;
    expect((await here.shown(request.id)).C1).toEqual([...DECIDING, 'nudge', 'withdraw']);
  });

  it('of whoever asked for somebody else has what both may press', async () => {
    const here = made(LIN);
    const request = await here.asked();
    expect(await here.shown(request.id)).toMatchObject({ U1: ['nudge', 'withdraw'], U4: ['nudge', 'withdraw'] });
    await here.open(request.id);
    expect(await here.shown(request.id)).toMatchObject({ U1: ['extend', 'why', 'revoke'], U4: ['revoke'] });
    await revoke(here.deps, ADA, request.id);
    await converge(here.deps, MACHINE.id, never);
    expect(await here.shown(request.id)).toMatchObject({ U1: ['again'], U4: [] });
  });

  it('answers a press with the card of the place where it was pressed', async () => {
    const here = made();
    const request = await here.asked();
    const press = (kind: 'private' | 'channel', id: string) =>
      inbox(here.deps).press(
        { ...here.sender(GRACE), place: { chat: 'slack', kind, id } },
        { verb: 'ask', request: request.id, version: request.version, reason: `why, ${id}?` },
      );
    expect((await press('channel', 'C1')).view?.buttons.map(({ verb }) => verb)).toEqual(DECIDING);
    const own = await press('private', 'U2');
    expect(own.view?.buttons.map(({ verb }) => verb)).toEqual(DECIDING);
    expect(own.view?.notes.map(({ text }) => plain(text))).toContain(
      'You are asked because you are the manager of Ada.',
    );
  });

  it('refuses a press by whoever may not, in words', async () => {
    const here = made();
    const request = await here.asked();
    const answer = await inbox(here.deps).press(here.sender(GRACE), { verb: 'nudge', request: request.id, version: 1 });
    expect(answer.refused).toBe(true);
    expect(plain(answer.lines[0] ?? [])).toContain('Ada');
  });
});
