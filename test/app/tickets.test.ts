import { describe, expect, it } from 'vitest';
import { watchTickets } from '../../src/app/loops/tickets.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { endWithTicket } from '../../src/app/request/end-with-ticket.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const NEVER = new AbortController().signal;
const TICKET = { text: '^INC-\\d+$', isIn: (word: string) => /^INC-\d+$/.test(word) };

/** A house whose policy has tickets looked up, and a system that says what a test lets it. */
function ticketWorld() {
  const here = world({ policies: [{ ...POLICY, because: { ticket: TICKET, check: 'jira' } }] });
  const states = new Map<string, 'open' | 'closed'>([['INC-1', 'open']]);
  const asked: string[] = [];
  const tickets = {
    state: async ({ system, id }: { readonly system: string; readonly id: string }) => {
      asked.push(`${system} ${id}`);
      const state = states.get(id);
      if (!state) throw new JitError('ticketUnknown', { ticket: id, why: 'it is away' });
      return state;
    },
  };
  const deps = { ...here.deps, tickets };
  const ask = (reason = 'deploy for INC-1.', key = 'k1') =>
    submit(deps, ADA, { ...ASK, justification: reason }, { ...SENDER, key });
  const load = async (id: string) => (await deps.store.load(id)).request;
  const look = () => converge(deps, MACHINE.id, NEVER);
  const open = async () => {
    const { id } = await ask();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await look();
    return id;
  };
  return { ...here, deps, states, asked, ask, load, look, open };
}

describe('access that hangs on a ticket', () => {
  it('is asked for with one that is open, and remembers it', async () => {
    const { ask, asked } = ticketWorld();
    expect(await ask()).toMatchObject({ tickets: [{ system: 'jira', id: 'INC-1' }] });
    expect(asked).toEqual(['jira INC-1']);
  });

  it.each([
    ['a closed one', 'closed', 'ticketClosed'],
    ['one of which nobody can tell', undefined, 'ticketUnknown'],
  ] as const)('is refused with %s', async (_, state, code) => {
    const { ask, states, deps } = ticketWorld();
    if (state) states.set('INC-1', state);
    else states.clear();
    await expect(ask()).rejects.toMatchObject({ code });
    expect(await deps.store.live(9)).toEqual([]);
  });

  it('is refused where no ticket system is there', async () => {
    const { deps } = ticketWorld();
    const { tickets: _, ...without } = deps;
    const asking = submit(without, ADA, { ...ASK, justification: 'INC-1' }, SENDER);
    await expect(asking).rejects.toMatchObject({ code: 'ticketUnknown' });
  });

  it('is not approved once it was closed, and not opened', async () => {
    const { ask, deps, states, look, load, cloud } = ticketWorld();
    const { id } = await ask();
    states.set('INC-1', 'closed');
    const approving = () => decide(deps, GRACE, { request: id, verdict: 'approve' });
    await expect(approving()).rejects.toMatchObject({ code: 'ticketClosed' });
    states.set('INC-1', 'open');
    await approving();
    states.set('INC-1', 'closed');
    await look();
    expect(cloud.calls.filter((call) => call.startsWith('open'))).toEqual([]);
    expect(await load(id)).toMatchObject({ ending: { why: 'failed' } });
  });

  it('waits with opening while nobody can tell', async () => {
    const { ask, deps, states, look, load } = ticketWorld();
    const { id } = await ask();
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    states.clear();
    await look();
    expect(await load(id)).toMatchObject({ status: 'activating', trouble: { code: 'ticketUnknown' } });
    states.set('INC-1', 'open');
    await look();
    expect(await load(id)).toMatchObject({ status: 'active' });
  });

  it('ends with it, soon after it was closed; where nobody can tell it goes on', async () => {
    const { deps, open, states, load, look, cloud, log } = ticketWorld();
    const id = await open();
    expect(await watchTickets(deps, NEVER)).toBe(0);
    states.clear();
    expect(await watchTickets(deps, NEVER)).toBe(0);
    expect(log).toContain('nobody can tell of a ticket');
    expect(await load(id)).toMatchObject({ status: 'active' });
    states.set('INC-1', 'closed');
    expect(await watchTickets(deps, NEVER)).toBe(1);
    await look();
    expect(await load(id)).toMatchObject({ status: 'ended', ending: { code: 'ticketOver', say: /INC-1 was closed/ } });
    expect(cloud.rules.size).toBe(0);
    expect(await watchTickets(deps, NEVER)).toBe(0);
  });

  it('ends at once where the system says so: what hangs on that ticket alone, what waits too', async () => {
    const { deps, open, ask, states, load } = ticketWorld();
    states.set('INC-2', 'open');
    const first = await open();
    const other = await submit(
      deps,
      ADA,
      { ...ASK, ports: [{ number: 22, protocol: 'tcp' }], source: '203.0.113.8/32', justification: 'INC-2' },
      { ...SENDER, key: 'k2' },
    );
    expect(await endWithTicket(deps, { system: 'snow', id: 'INC-2' })).toBe(0);
    expect(await endWithTicket(deps, { system: 'jira', id: 'inc-2' })).toBe(1);
    expect(await load(other.id)).toMatchObject({ status: 'denied', reviews: [{ reason: 'Ticket INC-2 was closed.' }] });
    expect(await load(first)).toMatchObject({ status: 'active' });
    expect(await endWithTicket(deps, { system: 'jira', id: 'INC-1' })).toBe(1);
    expect(await endWithTicket(deps, { system: 'jira', id: 'INC-1' })).toBe(0);
    expect(await ask('INC-2', 'k3')).toMatchObject({ status: 'pending' });
  });

  it('hangs on none where the policy has none looked up', async () => {
    const { deps } = world({ policies: [{ ...POLICY, because: { ticket: TICKET } }] });
    const request = await submit(deps, ADA, { ...ASK, justification: 'INC-1' }, SENDER);
    expect(request.tickets).toBeUndefined();
  });
});
