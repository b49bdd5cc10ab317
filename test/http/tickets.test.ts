import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Ticket } from '../../src/core/policy/bounds.ts';
import { ticketRoute } from '../../src/http/tickets.ts';

const NOW = 1_800_000_000_000;
const CLOSED = '{"ticket":"INC-1","state":"closed"}';

function hook(failing: { left: number } = { left: 0 }) {
  const closed: Ticket[] = [];
  const seen = new Set<string>();
  const route = ticketRoute({
    secrets: new Map([['jira', () => 'secret']]),
    now: () => NOW,
    isNew: async (signature) => !seen.has(signature),
    done: async (signature) => seen.add(signature),
    closed: async (ticket) => {
      failing.left -= 1;
      if (failing.left >= 0) throw new Error('Redis is away');
      closed.push(ticket);
    },
  });
  const post = async (body = CLOSED, header = signed(body), system = 'jira') => {
    const headers = header === undefined ? {} : { 'drawbridge-signature': header };
    return (
      await route.handle({
        params: { system },
        headers,
        body: Buffer.from(body),
        query: new URLSearchParams(),
        address: '127.0.0.1',
      })
    ).status;
  };
  return { closed, post };
}

function signed(body: string, at = NOW, secret = 'secret'): string {
  const t = Math.floor(at / 1_000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

describe('a ticket system that says that a ticket was closed', () => {
  it('is believed where it signed that just now, once', async () => {
    const { closed, post } = hook();
    expect([await post(), await post()]).toEqual([204, 204]);
    expect(closed).toEqual([{ system: 'jira', id: 'INC-1' }]);
  });

  it('is believed when it says so again, where what it said the first time could not be done', async () => {
    const { closed, post } = hook({ left: 1 });
    await expect(post()).rejects.toThrow('Redis is away');
    expect([await post(), await post()]).toEqual([204, 204]);
    expect(closed).toEqual([{ system: 'jira', id: 'INC-1' }]);
  });

  it('ends nothing with another state', async () => {
    const { closed, post } = hook();
    expect(await post('{"ticket":"INC-1","state":"open"}')).toBe(204);
    expect(closed).toEqual([]);
  });

  it.each([
    ['no signature', undefined],
    ['an empty one', ''],
    ['another secret', signed(CLOSED, NOW, 'other')],
    ['no secret', signed(CLOSED, NOW, '')],
    ['another body', signed(CLOSED.replace('1', '2'))],
    ['too long ago', signed(CLOSED, NOW - 301_000)],
    ['later', signed(CLOSED, NOW + 301_000)],
    ['no time', signed(CLOSED).replace(/t=\d+/, 't=')],
    ['another time', signed(CLOSED).replace(/t=\d+/, `t=${NOW / 1_000 - 1}`)],
  ])('is not believed with %s', async (_, header) => {
    const { closed, post } = hook();
    expect(await post(CLOSED, header ?? 'x')).toBe(401);
    expect(closed).toEqual([]);
  });

  it('is not believed under a name that has no secret', async () => {
    const { closed, post } = hook();
    expect(await post(CLOSED, signed(CLOSED), 'snow')).toBe(401);
    expect(await post(CLOSED, signed(CLOSED, NOW, ''), 'snow')).toBe(401);
    expect(closed).toEqual([]);
  });

  it.each(['', '{', '[]', '{"ticket":5}', '{"ticket":"","state":"closed"}'])(
    'is told what is wrong with %j',
    async (body) => {
      expect(await hook().post(body)).toBe(400);
    },
  );
});
