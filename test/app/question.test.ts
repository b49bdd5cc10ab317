import { describe, expect, it } from 'vitest';
import { decide } from '../../src/app/request/decide.ts';
import { answerQuestions, askRequester } from '../../src/app/request/question.ts';
import { submit } from '../../src/app/request/submit.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { MOST_QUESTIONS } from '../../src/core/request/question.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, SENDER, world } from './fixtures.ts';

const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: [] };

async function asked() {
  const made = world({ people: [ADA, GRACE, SAM] });
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  const said = async () => {
    const { request } = await made.deps.store.load(id);
    if (!request) throw new Error('there is no request');
    const { remarks, buttons, headline, announce } = viewOf(request);
    const lines = remarks.map(({ by, text }) => `${plain([by])}: ${text}`);
    return { request, lines, announce, headline: plain(headline), verbs: buttons.map(({ verb }) => verb) };
  };
  const ask = (text: string, person = GRACE) => askRequester(made.deps, person, id, text);
  const answer = (text: string, person = ADA) => answerQuestions(made.deps, person, id, text);
  return { ...made, id, said, ask, answer };
}

describe('a question', () => {
  it('is on the card with its answer, and each side is told of the other', async () => {
    const { ask, answer, said } = await asked();
    await ask('which release?');
    const waiting = await said();
    expect(waiting.headline).toMatch(/^Ada: Grace asks about access to api-1: “which release\?” To answer: /);
    expect(waiting.verbs).toContain('answer');
    await answer('4711');
    const done = await said();
    expect(done.lines).toEqual(['Grace: which release?', 'Ada: 4711']);
    expect(done.headline).toBe('Grace: Ada answers about access to api-1: “4711”');
    expect(done.verbs).toContain('ask');
    expect(done.request).toMatchObject({ status: 'pending', reviews: [] });
  });

  it('is answered together with the others that were asked before', async () => {
    const { ask, answer, said } = await asked();
    await ask('which release?');
    await ask('and until when?');
    await answer('4711, until six');
    await ask('sure?');
    expect((await said()).lines).toEqual([
      'Grace: which release?',
      'Grace: and until when?',
      'Ada: 4711, until six',
      'Grace: sure?',
    ]);
  });

  it('that is asked twice stands there once, until it was answered', async () => {
    const { ask, answer, said } = await asked();
    await ask('which release?');
    const { request } = await said();
    await ask(' which release? ');
    expect((await said()).request.version).toBe(request.version);
    await answer('4711');
    await ask('which release?');
    expect((await said()).lines).toEqual(['Grace: which release?', 'Ada: 4711', 'Grace: which release?']);
  });

  it('is asked by who may decide, and answered by the requester: nobody else’s words get on it', async () => {
    const { ask, answer, said } = await asked();
    await expect(ask('may I?', ADA)).rejects.toMatchObject({ code: 'ownRequest' });
    await expect(ask('what is that?', SAM)).rejects.toMatchObject({ code: 'notApprover' });
    await expect(answer('4711')).rejects.toMatchObject({ code: 'nothingAsked' });
    await ask('which release?');
    await expect(answer('mine', SAM)).rejects.toMatchObject({ code: 'notYours' });
    await expect(answer('mine', GRACE)).rejects.toMatchObject({ code: 'notYours' });
    await expect(answer('  ')).rejects.toMatchObject({ code: 'missingAnswer' });
    await expect(ask(' \u200b ')).rejects.toMatchObject({ code: 'missingQuestion' });
    expect((await said()).lines).toEqual(['Grace: which release?']);
  });

  it('is one of so many at most, each of so many letters, on one line', async () => {
    const { ask, said } = await asked();
    await ask(`a\n\u202eb ${'x'.repeat(900)}`);
    for (let n = 1; n < MOST_QUESTIONS; n += 1) await ask(`${n}?`);
    await expect(ask('one more?')).rejects.toMatchObject({ code: 'tooManyQuestions' });
    const [first = ''] = (await said()).lines;
    expect(first).toMatch(/^Grace: a b x+…$/);
    expect([...first]).toHaveLength('Grace: '.length + 500);
  });

  it('is over with the decision, stays on the card, and is in the audit', async () => {
    const { deps, id, ask, answer, said, audit } = await asked();
    await ask('which release?');
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await expect(answer('4711')).rejects.toMatchObject({ code: 'alreadyDecided' });
    await expect(ask('hello?')).rejects.toMatchObject({ code: 'alreadyDecided' });
    expect((await said()).lines).toEqual(['Grace: which release?']);
    expect(entriesOf(audit).map(({ event }) => event)).toEqual(['asked', 'question asked', 'approved']);
    expect(JSON.stringify(entriesOf(audit))).toContain('which release?');
  });
});
