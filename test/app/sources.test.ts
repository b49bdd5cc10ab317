import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke, withdraw } from '../../src/app/request/end.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const VPN = { source: '10.8.0.0/16', sourceName: 'vpn' };
const SOURCES = new Map([
  ['vpn', ['10.8.0.0/16']],
  ['office', ['203.0.113.0/24', '2001:db8:1::/48']],
]);
const MOVED = 'The source vpn stood for 10.8.0.0/16 when this was requested, and now stands for 10.9.0.0/16';
const never = new AbortController().signal;

/** A house in which `vpn` and `office` stand for prefixes, and the one policy allows both. */
function house() {
  const policies = [{ ...POLICY, sources: [VPN, { source: '203.0.113.0/24' }], widest: { ipv4: 1, ipv6: 1 } }];
  const made = world({ policies, sources: SOURCES });
  const load = async (id: string) => (await made.deps.store.load(id)).request;
  const moveTo = (...prefixes: readonly string[]) => {
    made.house.sources = new Map([['vpn', prefixes]]);
    made.house.policies = [POLICY, ...policies].slice(1).map(({ sources: _, ...any }) => any);
  };
  const converged = () => converge(made.deps, MACHINE.id, never);
  /** Asks, has it opened, and ends it. */
  const open = async (source: string) => {
    const { id } = await submit(made.deps, ...asking(source));
    await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
    await converged();
    await revoke(made.deps, ADA, id);
    await converged();
  };
  return { ...made, load, moveTo, open, converge: converged };
}

const asking = (source: string, key = source) => [ADA, { ...ASK, source }, { ...SENDER, key }] as const;

describe('a source with a name', () => {
  it('is pinned to its prefix, opened, and shown with both', async () => {
    const { deps, cloud, load, converge, audit } = house();
    const request = await submit(deps, ...asking('vpn'));
    expect(request).toMatchObject(VPN);
    expect(viewOf(request).facts).toContainEqual({ label: 'From', value: ['vpn (10.8.0.0/16)'] });
    await decide(deps, GRACE, { request: request.id, verdict: 'approve' });
    await converge();
    expect(await load(request.id)).toMatchObject({ status: 'active', ...VPN });
    expect([...cloud.rules.values()].map(({ placement }) => placement.rule.source)).toEqual(['10.8.0.0/16']);
    expect(entriesOf(audit).map(({ sourceName }) => sourceName)).toContain('vpn');
  });

  it('is asked for again, by its name, where nobody says another', async () => {
    const { deps, house: now, open } = house();
    await open('vpn');
    const { source: _, ...usual } = { ...ASK, source: '' };
    expect(await submit(deps, ADA, usual, { ...SENDER, key: 'k2' })).toMatchObject(VPN);
    now.sources = new Map();
    expect(await submit(deps, ADA, usual, { ...SENDER, key: 'k3' })).toMatchObject({ source: '203.0.113.7/32' });
  });

  it('is remembered once something was opened from it: what was denied is nobody’s usual address', async () => {
    const { deps } = house();
    const { id } = await submit(deps, ...asking('203.0.113.66'));
    await decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'not your address' });
    expect(await inbox(deps).form(SENDER)).toMatchObject({ source: '203.0.113.7' });
    expect(await submit(deps, ADA, ASK, { ...SENDER, key: 'k2' })).toMatchObject({ source: '203.0.113.7/32' });
  });

  it('is offered in the form, and read from it', async () => {
    const { deps, load, open } = house();
    await open('vpn');
    const box = inbox(deps);
    expect(await box.form(SENDER)).toMatchObject({ source: 'vpn', sources: ['vpn', 'office'] });
    const filled = { machine: 'api-1', ports: ['22'], duration: '1h', justification: 'x', source: ' VPN ' };
    expect(await box.submit({ ...SENDER, key: 'f1' }, filled)).toMatchObject({ refused: false });
    const [newest] = await deps.store.recent('ada', 1);
    expect(await load(newest?.id ?? '')).toMatchObject(VPN);
    const fault = async (key: string, source: string) =>
      phrased((await box.submit({ ...SENDER, key }, { ...filled, source })).faults?.source ?? '');
    expect(await fault('f2', 'lab')).toMatch(/^“lab” is neither an IP address nor the name of a source\./);
    expect(await fault('f3', 'office')).toMatch(/^The source office stands for several prefixes/);
  });

  it('that stands for several prefixes is refused, with what to name instead', async () => {
    const { deps } = house();
    await expect(submit(deps, ...asking('office'))).rejects.toMatchObject({
      code: 'severalPrefixes',
      hint: 'Name the one you connect from: `203.0.113.0/24`, `2001:db8:1::/48`.',
    });
    expect(await submit(deps, ...asking('203.0.113.0/24'))).toMatchObject({ source: '203.0.113.0/24' });
  });

  it('of both families is the prefix of the one that the machine has', async () => {
    const { deps, cloud, house: now, load, converge } = house();
    const look = cloud.look;
    const has = (...addresses: readonly string[]) => {
      cloud.look = async (machine, signal) => ({
        ...(await look(machine, signal)),
        addresses: addresses.map((address) => ({ address, isPublic: true, isServed: true })),
      });
    };
    has('198.51.100.10');
    const request = await submit(deps, ...asking('office'));
    expect(request).toMatchObject({ source: '203.0.113.0/24', sourceName: 'office' });
    // What the name has of the other family is nothing to this request.
    now.sources = new Map([['office', ['203.0.113.0/24', '2001:db8:9::/48']]]);
    await decide(deps, GRACE, { request: request.id, verdict: 'approve' });
    await converge();
    expect(await load(request.id)).toMatchObject({ status: 'active', source: '203.0.113.0/24' });
    has('198.51.100.10', '2001:db8:1::10');
    await expect(submit(deps, ...asking('office', 'k9'))).rejects.toMatchObject({ code: 'severalPrefixes' });
    now.sources = new Map([['office', ['203.0.113.0/24', '203.0.114.0/24', '2001:db8:9::/48']]]);
    await expect(submit(deps, ...asking('office', 'k8'))).rejects.toMatchObject({ code: 'severalPrefixes' });
  });

  it('that no policy allows is refused by its name', async () => {
    const { deps, house: now } = house();
    now.policies = [{ ...POLICY, sources: [{ source: '203.0.113.0/24' }] }];
    await expect(submit(deps, ...asking('vpn'))).rejects.toThrow('Policy production does not allow requests from vpn');
    now.policies = [POLICY];
    await expect(submit(deps, ...asking('vpn'))).rejects.toThrow('vpn (10.8.0.0/16) is too wide');
  });
});

describe('a name that stands for a security group', () => {
  const JUMP = { source: 'sg-0123456789abcdef0', sourceName: 'bastion' };
  function withGroup() {
    const made = house();
    made.house.sources = new Map([['bastion', [JUMP.source]]]);
    made.house.policies = [{ ...POLICY, sources: [JUMP] }];
    return made;
  }

  it('is refused where the cloud has no such rules, and where it would let in nobody', async () => {
    const { deps, cloud } = withGroup();
    await expect(submit(deps, ...asking('bastion'))).rejects.toMatchObject({ code: 'groupOfOtherCloud' });
    const why = new JitError('groupElsewhere', { source: 'x', machine: 'y', why: 'z' });
    Object.assign(cloud, { bearers: () => Promise.reject(why) });
    await expect(submit(deps, ...asking('bastion'))).rejects.toMatchObject({ code: 'groupElsewhere' });
  });

  it('is pinned to the group, shown with whom it lets in, opened; and asked about again before that', async () => {
    const { deps, cloud, load, converge, house: now } = withGroup();
    let asked = 0;
    const bearers = async () => `Let in: ${++asked}.`;
    Object.assign(cloud, { bearers });
    const request = await submit(deps, ...asking('bastion'));
    expect(request).toMatchObject({ ...JUMP, warnings: ['Let in: 1.'] });
    expect(viewOf(request).facts).toContainEqual({
      label: 'From',
      value: ['security group bastion (sg-0123456789abcdef0)'],
    });
    await decide(deps, GRACE, { request: request.id, verdict: 'approve' });
    await converge();
    expect(asked).toBe(3);
    expect(await load(request.id)).toMatchObject({ status: 'active', ...JUMP });
    now.sources = new Map([['bastion', ['sg-00000000000000001']]]);
    await expect(extend(deps, ADA, request.id, 600_000)).rejects.toMatchObject({ code: 'sourceChanged' });
  });

  it('lets no session be cut, whatever else can be: who its members were is not known at the end', async () => {
    const { deps, cloud, house: now } = withGroup();
    const look = cloud.look;
    const bearers = async () => 'Let in: 1.';
    Object.assign(cloud, { bearers, look: async () => ({ ...(await look(MACHINE.id, never)), cutsSessions: true }) });
    const request = await submit(deps, ...asking('bastion'));
    expect(request.cutsSessions).toBeUndefined();
    expect(request.sessionsStay).toBe('they come from whoever bears a security group');
    await withdraw(deps, ADA, request.id);
    now.policies = [{ ...POLICY, sources: [JUMP], cutSessions: true }];
    await expect(submit(deps, ...asking('bastion', 'k2'))).rejects.toMatchObject({ code: 'policySessions' });
  });
});

describe('a name that stands for something else', () => {
  it('at the approval: it is refused, and nothing is opened', async () => {
    const { deps, load, moveTo } = house();
    const { id } = await submit(deps, ...asking('vpn'));
    moveTo('10.9.0.0/16');
    await expect(decide(deps, GRACE, { request: id, verdict: 'approve' })).rejects.toThrow(MOVED);
    expect(await load(id)).toMatchObject({ status: 'pending' });
  });

  it.each([
    ['another prefix', ['10.9.0.0/16'], MOVED],
    ['one more', ['10.8.0.0/16', '10.9.0.0/16'], 'now stands for 10.8.0.0/16, 10.9.0.0/16'],
    ['nothing', [], 'now stands for nothing'],
  ])('between approval and opening, for %s: it ends the opening', async (_, prefixes, says) => {
    const { deps, load, moveTo, converge, cloud } = house();
    const { id } = await submit(deps, ...asking('vpn'));
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    moveTo(...prefixes);
    await converge();
    const ended = await load(id);
    expect(ended).toMatchObject({ status: 'ended', ending: { why: 'failed', code: 'changedSinceApproval' } });
    expect(
      ended &&
        viewOf(ended)
          .notes.map(({ text }) => plain(text))
          .join(),
    ).toContain(says);
    expect(cloud.calls).toEqual([]);
  });

  it('while it is open: it stays open to the end, and is not extended', async () => {
    const { deps, load, moveTo, converge } = house();
    const { id } = await submit(deps, ...asking('vpn'));
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await converge();
    moveTo('10.9.0.0/16');
    await expect(extend(deps, ADA, id, 600_000)).rejects.toThrow(MOVED);
    await converge();
    expect(await load(id)).toMatchObject({ status: 'active', ...VPN });
  });
});
