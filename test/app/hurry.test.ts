import { describe, expect, it } from 'vitest';
import { router } from '../../src/app/loops/routing.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { acceptOffer } from '../../src/app/request/accept.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { notify } from '../../src/app/request/notify.ts';
import { offerLess } from '../../src/app/request/offer.ts';
import { answerQuestions, askRequester } from '../../src/app/request/question.ts';
import { submit } from '../../src/app/request/submit.ts';
import { stageOf } from '../../src/config/stage.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { placeKey } from '../../src/core/people/place.ts';
import type { Stage } from '../../src/core/policy/stage.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, TestChat, world } from './fixtures.ts';

const MINUTE = 60_000;
const never = new AbortController().signal;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const KIM: Person = { id: 'kim', name: 'Kim', slack: 'U4', groups: ['leads'] };
const LEE: Person = { id: 'lee', name: 'Lee', slack: 'U5', groups: ['leads'] };
const escalate = [
  { after: 20 * MINUTE, to: ['group:security'] },
  { after: 40 * MINUTE, to: ['person:kim'] },
] as const;
const LADDER = stageOf({ anyOf: ['manager'], escalate: escalate.map(({ after, to }) => ({ after, to: [...to] })) });

/** A world in which these people’s chats take no card. */
async function house(barred: readonly string[], { stages = [LADDER], people = [ADA, GRACE, SAM, KIM, LEE] } = {}) {
  const closed = new Set(barred);
  const made = world({ people, policies: [{ ...POLICY, stages: stages as readonly Stage[], extendSelfUpToMs: 0 }] });
  const chat = new TestChat();
  const shown: string[] = [];
  const publish: TestChat['publish'] = async (view, place, previous) => {
    if (closed.has(place.id)) throw new JitError('chatRefused', { chat: 'Slack', code: 'user_not_found' });
    shown.push(`${placeKey(place)}: ${view.announce.replace(/-\d+$/, '')}`);
    return previous.ref ?? { ts: '1' };
  };
  (made.deps.chats as Map<string, unknown>).set('slack', Object.assign(chat, { publish }));
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  const load = async () => {
    const { request } = await made.deps.store.load(id);
    if (!request) throw new Error('no request');
    return request;
  };
  const told = async () => {
    for (let round = 0; round < 5; round += 1) await notify(made.deps, id, never);
    return shown.splice(0);
  };
  const count = async () => (await load()).timeline.filter(({ event }) => event === 'hurried').length;
  return { ...made, id, closed, load, told, count };
}

const asked = (request: Awaited<ReturnType<Awaited<ReturnType<typeof house>>['load']>>) =>
  request.asked.map(({ id }) => id);

describe('those who decide and cannot be told', () => {
  it('let the next rung be asked at once, and the requester hears who and why', async () => {
    const { deps, id, load, told, count } = await house(['U2']);
    const all = await told();
    const request = await load();
    expect(asked(request)).toEqual(['grace', 'sam']);
    expect(plain(viewOf(request).headline)).toBe(
      'Ada: too few of those who decide could be told, so the request for access to api-1 asks others at once: ' +
        'Grace (manager) or Sam (group security). ' +
        'Not reached: Grace in Slack (user_not_found). There is no such Slack account: correct it in drawbridge.yaml or the directory.',
    );
    expect(all).toContain('slack:private:U1: hurried');
    expect(all).toContain('slack:private:U3: hurried');
    expect(request).toMatchObject({
      escalatesAt: request.askedAt + 40 * MINUTE,
      quorum: [{ from: 'the manager, or group security' }],
    });
    expect(await told()).toEqual([]);
    expect(await count()).toBe(1);
    await decide(deps, SAM, { request: id, verdict: 'approve' });
    await converge(deps, MACHINE.id, never);
    expect((await load()).status).toBe('active');
  });

  it.each([
    ['rung by rung', ['U2', 'U3'], 2, ['grace', 'sam', 'kim']],
    ['until none is left', ['U2', 'U3', 'U4'], 2, ['grace', 'sam', 'kim']],
    ['and nobody else, while somebody is reached', ['U5'], 0, ['grace']],
  ])('%s', async (_, barred, times, whom) => {
    const { load, told, count } = await house(barred);
    await told();
    expect(asked(await load())).toEqual(whom);
    expect(await count()).toBe(times);
    await told();
    expect(await count()).toBe(times);
  });

  it('who have no chat at all are the same', async () => {
    const { slack: _, ...mute } = GRACE;
    const { load, told } = await house([], { people: [ADA, mute, SAM, KIM, LEE] });
    await told();
    expect(asked(await load())).toEqual(['grace', 'sam']);
    expect(plain(viewOf(await load()).headline)).toContain(
      'Grace (manager, has no chat here) or Sam (group security).',
    );
  });

  it('are too few where those who are told do not fill the stage', async () => {
    const two = stageOf({ n: 2, of: ['group:leads'], escalate: [{ after: 20 * MINUTE, to: ['group:security'] }] });
    const { load, told } = await house(['U5'], { stages: [two] });
    await told();
    expect(asked(await load())).toEqual(['kim', 'lee', 'sam']);
  });

  it('hurry no stage but theirs: what is not open asks nobody', async () => {
    const second = stageOf({ anyOf: ['group:leads'], escalate: [{ after: 20 * MINUTE, to: ['group:security'] }] });
    const { deps, id, load, told, count } = await house(['U4', 'U5'], { stages: [LADDER, second] });
    await told();
    expect(await count()).toBe(0);
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await told();
    expect(asked(await load()).toSorted()).toEqual(['kim', 'lee', 'sam']);
  });

  it('may decide all the same, wherever they see it', async () => {
    const { deps, id, load, told } = await house(['U2']);
    await told();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    expect((await load()).status).toBe('activating');
  });

  it('ask nobody else before they have a rung to', async () => {
    const { load, told, count } = await house(['U2'], { stages: [stageOf({ anyOf: ['manager'] })] });
    await told();
    expect(await count()).toBe(0);
    expect(asked(await load())).toEqual(['grace']);
  });

  it('are asked anew of more time, and so is the rung after them', async () => {
    const { deps, id, load, told, clock, count } = await house(['U2']);
    await told();
    await decide(deps, SAM, { request: id, verdict: 'approve' });
    await converge(deps, MACHINE.id, never);
    clock.advance(MINUTE);
    await extend(deps, ADA, id, 30 * MINUTE);
    expect(asked(await load())).toEqual(['grace']);
    await told();
    expect(asked(await load())).toEqual(['grace', 'sam']);
    expect(await count()).toBe(2);
  });
});

describe('a rung that was asked before its time', () => {
  it('counts in what its people offered', async () => {
    const { deps, id, told } = await house(['U2']);
    await told();
    await offerLess(deps, SAM, { request: id, less: { ports: [], forMs: 30 * MINUTE } });
    const less = await acceptOffer(deps, ADA, id);
    expect(less).toMatchObject({ status: 'activating', forMs: 30 * MINUTE, reviews: [{ by: { id: 'sam' } }] });
    await converge(deps, MACHINE.id, never);
    expect((await deps.store.load(less.id)).request?.status).toBe('active');
  });

  it('waits while the requester is asked something', async () => {
    const { deps, id, told, count } = await house(['U2']);
    await askRequester(deps, GRACE, id, 'What for?');
    await told();
    expect(await count()).toBe(0);
    await answerQuestions(deps, ADA, id, 'For the release.');
    await told();
    expect(await count()).toBe(1);
  });

  it('is asked by the router, where the machine could not be read at first', async () => {
    const { deps, cloud, load, told, count } = await house(['U2']);
    const look = cloud.look;
    cloud.look = async () => {
      throw new JitError('cloudSilent', { cloud: 'AWS' });
    };
    await told();
    expect(await count()).toBe(0);
    cloud.look = look;
    expect(await router(deps)(never)).toBe(1);
    expect(asked(await load())).toEqual(['grace', 'sam']);
  });
});
