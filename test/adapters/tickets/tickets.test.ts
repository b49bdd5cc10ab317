import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outgoing } from '../../../adapters/outgoing/index.ts';
import { type TicketSystem, ticketSystems } from '../../../adapters/tickets/index.ts';
import { startTickets, type TicketSimulator } from '../../../simulators/tickets/index.ts';
import type { OutgoingCall } from '../../../src/ports/outgoing.ts';

let jira: TicketSimulator;
beforeEach(async () => {
  jira = await startTickets();
});
afterEach(() => jira.stop());

const system = (patch: Partial<TicketSystem> = {}): TicketSystem => ({
  url: `${jira.url}/rest/api/3/issue/{ticket}?fields=status`,
  authorization: jira.authorization,
  path: ['fields', 'status', 'statusCategory', 'key'],
  open: ['new', 'indeterminate'],
  closed: ['done'],
  ...patch,
});
const NEVER = new AbortController().signal;
const ask = (id: string, patch: Partial<TicketSystem> = {}) =>
  ticketSystems(
    new Map([['jira', system(patch)]]),
    outgoing({ hosts: [new URL(jira.url).host], addresses: ['127.0.0.0/8'] }),
  ).state({ system: 'jira', id }, NEVER);
const unknown = (why: RegExp) => ({ code: 'ticketUnknown', say: expect.stringMatching(why) });

describe('a ticket system', () => {
  it.each([
    ['new', 'open'],
    ['indeterminate', 'open'],
    ['done', 'closed'],
  ])('that says %s means %s', async (category, state) => {
    jira.set('INC-1', category);
    expect(await ask('INC-1')).toBe(state);
  });

  it('that says anything else, or nothing, is no answer', async () => {
    await expect(ask('INC-9')).rejects.toMatchObject(unknown(/has no such ticket/));
    jira.set('INC-1', 'undefined');
    await expect(ask('INC-1')).rejects.toMatchObject(unknown(/“undefined” means neither/));
    await expect(ask('INC-1', { path: ['fields', 'status'] })).rejects.toMatchObject(unknown(/has no state/));
    await expect(ask('INC-1', { path: ['__proto__', 'x'] })).rejects.toMatchObject(unknown(/has no state/));
    await expect(ask('INC-1', { authorization: 'Basic x' })).rejects.toMatchObject(unknown(/answers 401/));
    jira.fail(503, 1);
    await expect(ask('INC-1')).rejects.toMatchObject(unknown(/answers 503/));
    await jira.stop();
    await expect(ask('INC-1')).rejects.toMatchObject({ code: 'ticketUnknown' });
    jira = await startTickets();
  });

  it.each(['INC-1/../../x', 'INC-1^ORstate=1', 'INC-1?x', 'INC 1', '../x', '', 'x'.repeat(80)])(
    'is not asked about %j, which is no ID',
    async (id) => {
      await expect(ask(id)).rejects.toMatchObject(unknown(/no ID of a ticket/));
    },
  );

  it('is asked as ServiceNow is: a query, and numbers in a list', async () => {
    const calls: OutgoingCall[] = [];
    const states: unknown[] = [[{ state: '2' }], [{ state: 7 }], [], [{ state: '2' }, { state: '7' }]];
    const call = async (one: OutgoingCall) => {
      calls.push(one);
      return { status: 200, headers: {}, text: JSON.stringify({ result: states.shift() }) };
    };
    const url =
      'https://example.service-now.com/api/now/table/incident?sysparm_query=number={ticket}&sysparm_fields=state';
    const own = { url, path: ['result', '0', 'state'], open: ['1', '2', '3'], closed: ['6', '7', '8'] };
    const systems = ticketSystems(new Map([['snow', own]]), call);
    const state = () => systems.state({ system: 'snow', id: 'INC0010001' }, NEVER);
    expect([await state(), await state()]).toEqual(['open', 'closed']);
    await expect(state()).rejects.toMatchObject(unknown(/has no state/));
    expect(calls[0]?.url).toBe(url.replace('{ticket}', 'INC0010001'));
    await expect(systems.state({ system: 'jira', id: 'INC-1' }, NEVER)).rejects.toMatchObject(
      unknown(/no ticket system/),
    );
  });
});
