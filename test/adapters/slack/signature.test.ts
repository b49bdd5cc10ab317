import { createHmac } from 'node:crypto';
import { isValidSlackRequest } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { isSigned } from '../../../adapters/slack/signature.ts';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const NOW = Date.UTC(2026, 10, 29, 12, 0, 0, 700);
const AT = Math.floor(NOW / 1_000);
const BODY = 'command=%2Fjit&text=list&user_name=Zo%C3%AB';

const signed = (timestamp: string, body = BODY, secret = SECRET) =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

describe('the signature of a delivery', () => {
  const now = String(AT);
  it.each<[string, string, string, string, boolean]>([
    ['as Slack signs it', signed(now), now, BODY, true],
    ['with nothing in it', signed(now, ''), now, '', true],
    ['five minutes ago', signed(String(AT - 300)), String(AT - 300), BODY, true],
    ['a second more', signed(String(AT - 301)), String(AT - 301), BODY, false],
    ['in the future, which others refuse', signed(String(AT + 9_999)), String(AT + 9_999), BODY, true],
    ['of another body', signed(now), now, `${BODY}&`, false],
    ['of another time', signed(now), String(AT - 1), BODY, false],
    ['with another secret', signed(now, BODY, 'other'), now, BODY, false],
    ['of another version', signed(now).replace('v0', 'v1'), now, BODY, false],
    ['cut short', signed(now).slice(0, -1), now, BODY, false],
    ['with one letter changed', signed(now).replace(/.$/, (last) => (last === '0' ? '1' : '0')), now, BODY, false],
    ['that is empty', '', now, BODY, false],
    ['without its hash', 'v0=', now, BODY, false],
    ['with a time that is none', signed('soon'), 'soon', BODY, false],
    ['with no time', signed(''), '', BODY, false],
  ])('%s', (_, signature, timestamp, body, isValid) => {
    expect(isSigned(SECRET, body, { signature, timestamp }, NOW)).toBe(isValid);
    // Bolt's own check says the same.
    const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(timestamp) };
    expect(isValidSlackRequest({ signingSecret: SECRET, body, headers, nowMilliseconds: NOW })).toBe(isValid);
  });

  it('is never valid without a secret', () => {
    expect(isSigned('', BODY, { signature: signed(now, BODY, ''), timestamp: now }, NOW)).toBe(false);
  });
});
