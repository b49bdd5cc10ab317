import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { stageOf } from '../../src/config/stage.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const MINUTE = 60_000;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const never = new AbortController().signal;

async function house(remind: readonly number[] = [10, 30]) {
  const stage = stageOf({ anyOf: ['manager'], escalate: [{ after: 20 * MINUTE, to: ['group:security'] }] });
  const policy = { ...POLICY, stages: [stage], remindMs: remind.map((one) => one * MINUTE) };
  const made = world({ people: [ADA, GRACE, SAM], policies: [policy] });
  const { deps, clock, chat } = made;
  const { id } = await submit(deps, ADA, ASK, SENDER);
  const load = async () => {
    const { request } = await deps.store.load(id);
    if (!request) throw new Error('no request');
    return request;
  };
  const told = async (minutes: number) => {
    clock.advance(minutes * MINUTE);
    const due = await deps.store.claim(10, 1_000);
    for (const machine of due.machines) await converge(deps, machine, never);
    const { announce, headline } = viewOf(await load());
    return [announce.replace(/-.*/, ''), plain(headline).replace(/^(.*?): please decide.*/, '$1')];
  };
  return {
    ...made,
    id,
    load,
    told,
    show: async () => {
      chat.shown.length = 0;
      await notify(deps, id, never);
      return chat.shown.map(
        ({ place, view, previous }) =>
          `${place.id} ${previous.announced === view.announce ? 'quiet' : view.announce.replace(/-.*/, '')}`,
      );
    },
  };
}

describe('whoever is asked', () => {
  it('is reminded at its times, and others are asked at theirs', async () => {
    const { told, load } = await house();
    expect((await load()).status === 'pending' && (await load()).timeline).toHaveLength(1);
    expect(await told(9)).toEqual(['asked', expect.any(String)]);
    expect(await told(1)).toEqual(['remind', 'Grace (manager)']);
    expect(await told(10)).toEqual([
      'escalated',
      'Ada: nobody answered in time, so the request for access to api-1 now asks Grace (manager) or Sam (group security).',
    ]);
    expect(await told(10)).toEqual(['remind', 'Grace (manager) or Sam (group security)']);
    expect(await load()).not.toHaveProperty('reminders');
    expect(await told(60)).toEqual(['remind', 'Grace (manager) or Sam (group security)']);
  });

  it('is reminded once after a time in which nothing ran, and not of each that was missed', async () => {
    const { told, load } = await house([1, 2, 3, 4, 5]);
    await told(19);
    expect((await load()).timeline.map(({ event }) => event)).toEqual(['asked', 'approvers reminded']);
    await told(0);
    expect((await load()).timeline).toHaveLength(2);
  });

  it('is told in their own chat, and others see the card alone', async () => {
    const { told, show } = await house();
    await show();
    await told(10);
    expect(await show()).toEqual(['C1 remind', 'U2 remind', 'U1 remind']);
  });

  it('is not reminded once it is decided', async () => {
    const { deps, id, told, load } = await house();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await converge(deps, MACHINE.id, never);
    await told(15);
    expect((await load()).timeline.map(({ event }) => event)).not.toContain('approvers reminded');
  });

  it('is reminded of an extension too', async () => {
    const { deps, id, told, load } = await house();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await converge(deps, MACHINE.id, never);
    await extend(deps, ADA, id, 30 * MINUTE);
    expect((await told(10))[0]).toBe('remind');
    expect((await told(10))[0]).toBe('escalated');
    expect((await load()).status).toBe('active');
  });
});
