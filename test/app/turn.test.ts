import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { notify } from '../../src/app/request/notify.ts';
import { nudge } from '../../src/app/request/nudge.ts';
import { declineOffer, offerLess } from '../../src/app/request/offer.ts';
import { answerQuestions, askRequester } from '../../src/app/request/question.ts';
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

/** Reminded after ten minutes and after thirty; others are asked after twenty. */
async function waiting() {
  const stages = [stageOf({ anyOf: ['manager'], escalate: [{ after: 20 * MINUTE, to: ['group:security'] }] })];
  const policies = [{ ...POLICY, stages, remindMs: [10 * MINUTE, 30 * MINUTE] }];
  const made = world({ people: [ADA, GRACE, SAM], policies });
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  const load = async () => {
    const { request } = await made.deps.store.load(id);
    if (!request) throw new Error('no request');
    return request;
  };
  return {
    ...made,
    id,
    load,
    async pass(minutes: number) {
      made.clock.advance(minutes * MINUTE);
      await converge(made.deps, MACHINE.id, never);
    },
    events: async () => (await load()).timeline.map(({ event }) => event),
    headline: async () => plain(viewOf(await load()).headline),
  };
}

describe('a request that waits for its requester', () => {
  it('reminds them and not the approvers, while a question is open', async () => {
    const { deps, id, pass, headline, chat, load } = await waiting();
    await askRequester(deps, GRACE, id, 'which ticket?');
    await notify(deps, id, never);
    chat.shown.length = 0;
    await pass(10);
    expect(await headline()).toBe(
      `Ada: this waits for you. Grace asks about access to api-1: “which ticket?” To answer: the button, or \`/jit answer ${id} <words>\`. Nobody else is asked meanwhile.`,
    );
    await notify(deps, id, never);
    const { announce } = viewOf(await load());
    const told = chat.shown.filter(({ previous }) => previous.announced !== announce).map(({ place }) => place.id);
    expect(told).toEqual(['C1', 'U1']);
  });

  it('reminds them of an offer', async () => {
    const { deps, id, pass, headline } = await waiting();
    await offerLess(deps, GRACE, { request: id, less: { ports: [], forMs: 30 * MINUTE } });
    await pass(10);
    expect(await headline()).toBe(
      `Ada: this waits for you. Grace would approve less for api-1: port 22 (SSH) from 203.0.113.7 for 30 min. To accept: the button, or \`/jit accept ${id}\`. Nobody else is asked meanwhile.`,
    );
  });

  it('asks nobody else until they answered, and gives the approver the time that was left', async () => {
    const { deps, id, pass, load, events } = await waiting();
    await pass(5);
    await askRequester(deps, GRACE, id, 'which ticket?');
    await pass(60);
    expect(await events()).not.toContain('escalated');
    await answerQuestions(deps, ADA, id, 'INC-1');
    await pass(14);
    expect(await events()).not.toContain('escalated');
    expect((await load()).asked.map((one) => one.id)).toEqual(['grace']);
    await pass(1);
    expect(await events()).toContain('escalated');
    expect((await load()).asked.map((one) => one.id)).toEqual(['grace', 'sam']);
  });

  it('goes on where it was when an offer is declined', async () => {
    const { deps, id, pass, events } = await waiting();
    await offerLess(deps, GRACE, { request: id, less: { ports: [], forMs: 30 * MINUTE } });
    await pass(25);
    await declineOffer(deps, ADA, id);
    await pass(19);
    expect(await events()).not.toContain('escalated');
    await pass(1);
    expect(await events()).toContain('escalated');
  });

  it('is not nudged: it says whose turn it is', async () => {
    const { deps, id } = await waiting();
    await askRequester(deps, GRACE, id, 'which ticket?');
    await expect(nudge(deps, ADA, id)).rejects.toMatchObject({
      code: 'yourTurn',
      say: 'This waits for you: Grace asked you something.',
    });
  });
});
