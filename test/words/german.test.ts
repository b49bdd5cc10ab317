import { describe, expect, it } from 'vitest';
import { cardOf as slackCard } from '../../adapters/slack/card.ts';
import { cardOf as teamsCard } from '../../adapters/teams/card.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import german from '../../src/core/words/de.json' with { type: 'json' };
import { TONGUES } from '../../src/core/words/tongues.ts';
import { closingBecause, inStatus } from '../core/samples.ts';

/** English words that no German text has. */
const ENGLISH = /\b(?:the|were|is|are|this|that|not|from|until|with|and|by|access|asks?|waiting|open now|closed)\b/i;
const STATES = ['pending', 'scheduled', 'denied', 'withdrawn', 'expired', 'activating', 'active', 'ended'] as const;

const cards = [
  ...STATES.map((status) => [status, inStatus(status)] as const),
  ['closing', closingBecause('elapsed', new JitError('cloudBusy', { cloud: 'AWS' }))] as const,
];

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

describe('a card for somebody who reads German', () => {
  const reader = { slackIdOf: () => undefined, tongue: TONGUES.de };

  it.each(cards)('%s: says every sentence of ours in German, in both chats', (_, request) => {
    const view = { ...viewOf(request), justification: '', remarks: [] };
    const shown = [slackCard(view, reader), teamsCard(view, undefined, { tongue: TONGUES.de })];
    const own = shown
      .flatMap(texts)
      .map((text) => text.replace(/`[^`]*`|“[^”]*”|<!date[^>]*>|\{\{[^}]*\}\}|https?:\S+|\b(?:by|and)-\w+/g, ''))
      .filter((text) => /\s/.test(text) && !text.startsWith('{'));
    expect(own.filter((text) => ENGLISH.test(text))).toEqual([]);
  });

  it('shows what people wrote, and what machines are called, as it is', () => {
    const view = viewOf(inStatus('pending', { machineName: 'Approve', justification: 'Time is up' }));
    const card = JSON.stringify(slackCard(view, reader));
    expect(card).toContain('„Time is up“');
    expect(card).toContain('Zugang zu Approve');
  });
});

it('is written without a form of address, in the quotation marks of its language', () => {
  const all = Object.values(german);
  expect(all.filter((text) => /\b(?:Sie haben|Sie können|Ihnen|du|dein|dir)\b/.test(text))).toEqual([]);
  expect(all.filter((text) => text.includes('”'))).toEqual([]);
});
