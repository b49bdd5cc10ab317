import { describe, expect, it } from 'vitest';
import { cardOf } from '../../../adapters/teams/card.ts';
import { checkCard } from '../../../simulators/teams/card-check.ts';
import { submitButton } from '../../../simulators/teams/card-press.ts';
import type { View } from '../../../src/core/view/view.ts';
import { viewFor } from './harness.ts';

type Json = Record<string, unknown>;
const LABELS: Partial<Record<string, string>> = {
  less: 'Approve for less',
  ask: 'Ask',
  deny: 'Deny',
  answer: 'Answer',
  right: 'Was right',
  wrong: 'Was wrong',
};

describe('the buttons of a card', () => {
  const buttons = (verbs: readonly View['buttons'][number]['verb'][]) =>
    verbs.map((verb) => {
      const style = verb === 'deny' || verb === 'wrong' ? ('danger' as const) : ('plain' as const);
      return { verb, label: LABELS[verb] ?? verb, style };
    });

  it('has one box with one input for all that need words, however many they are', () => {
    const card = cardOf(viewFor({ buttons: buttons(['approve', 'less', 'ask', 'deny', 'answer']) }));
    expect(checkCard(card)).toEqual([]);
    const inputs = partsOf(card).filter(({ type }) => `${type}`.startsWith('Input.'));
    expect(inputs).toMatchObject([
      {
        id: 'reason',
        label: 'Reason, what you would approve, question, or answer',
        placeholder: 'For less, for example: 22 for 30m',
        errorMessage: 'Write something here first.',
      },
    ]);
    const box = partsOf(card).find(({ id }) => id === 'reply');
    const inBox = partsOf(box).filter(({ type }) => type === 'Action.Execute');
    expect(inBox.map(({ title }) => title)).toEqual(['Deny', 'Approve for less', 'Ask', 'Answer']);
    expect(JSON.stringify(card)).not.toContain('ShowCard');
  });

  it.each([
    [['deny'], 'Deny…', 'Reason', 'Enter a reason.'],
    [['ask', 'deny'], 'Deny or ask…', 'Reason or question', 'Write something here first.'],
    [['right', 'wrong'], 'Was wrong or was right…', 'Reason', 'Write something here first.'],
    [['answer'], 'Answer…', 'Answer', 'Enter an answer.'],
  ] as const)('says what its box is for: %j', (verbs, title, label, errorMessage) => {
    const card = cardOf(viewFor({ buttons: buttons(verbs) }));
    expect((card.actions as Json[])[0]).toMatchObject({ title, targetElements: ['reply'] });
    expect(partsOf(card).find(({ id }) => id === 'reason')).toMatchObject({ label, errorMessage });
  });

  it('keeps what decides beside each other, and the rest in the menu, where not all fit on a phone', () => {
    const modes = (shown: View['buttons']) =>
      (cardOf(viewFor({ buttons: shown })).actions as Json[]).map(
        ({ title, mode }) => `${title}${mode ? ` ${mode}` : ''}`,
      );
    expect(modes(viewFor().buttons)).toEqual(['Approve', 'Deny…', 'Withdraw…', 'Details']);
    expect(modes([...viewFor().buttons, ...buttons(['less', 'ask'])])).toEqual([
      'Approve',
      'Deny or ask…',
      'Withdraw… secondary',
      'Details',
    ]);
    expect(modes([...viewFor().buttons, ...buttons(['again', 'why'])])).toEqual([
      'Approve',
      'Deny…',
      'Withdraw…',
      'again secondary',
      'why secondary',
      'Details',
    ]);
  });

  it('asks “are you sure” where that was asked for', () => {
    const card = cardOf(viewFor());
    expect((card.actions as Json[]).map(({ type }) => type)).toEqual([
      'Action.Execute',
      ...Array(3).fill('Action.ToggleVisibility'),
    ]);
    const sure = partsOf(card).find(({ id }) => id === 'sure_withdraw');
    expect(JSON.stringify(sure)).toContain('Withdraw this request?');
    expect(partsOf(sure).find(({ type }) => type === 'Action.Execute')).toMatchObject({ verb: 'withdraw' });
  });

  it('sends the same from clients that do not know its buttons', () => {
    const card = cardOf(viewFor(), 'n1');
    const data = { r: 'k7m2p9q', v: 1, n: 'n1' };
    expect(submitButton(card, { verb: 'approve' })).toEqual({ data: { ...data, verb: 'approve' } });
    expect(submitButton(card, { verb: 'deny' })).toEqual({ complaint: 'Enter a reason.' });
    const denied = submitButton(card, { verb: 'deny', inputs: { reason: 'no' } });
    expect(denied).toEqual({ data: { ...data, verb: 'deny', reason: 'no' } });
  });
});

function partsOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(partsOf);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Json, ...Object.values(value).flatMap(partsOf)];
}
