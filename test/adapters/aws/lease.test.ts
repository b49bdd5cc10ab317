import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { go, HOME, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

const OTHERS = ['203.0.113.8/32', '203.0.113.9/32', '198.51.100.0/24', '192.0.2.1/32'];

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const ourGroup = () => {
  const group = aws.sim.state().groups.find(({ name }) => name.startsWith('drawbridge-'));
  if (!group) throw new Error('no JIT group');
  return group;
};
const ourRules = () => ourGroup().rules.filter(({ direction }) => direction === 'ingress');
const close = (placements: readonly Placement[]) => aws.adapter.close(placements, never, go);
const observe = (placements: readonly Placement[]) => aws.adapter.observe(aws.machine, placements, never);
const openAll = async (sources: readonly string[]) => {
  const opened = [];
  for (const source of sources) {
    const placement = await placeOne(aws, rule(aws.machine, 22, source));
    opened.push((await openOne(aws, placement, aws.now() + HOUR_MS)).placement);
  }
  return opened;
};

describe('a lease', () => {
  test('costs two mutating calls, its second look none', async () => {
    const before = aws.mutations();
    const [placement] = await openAll([HOME]);
    if (!placement) throw new Error('nothing opened');
    await close([placement]);
    expect(aws.mutations() - before).toBe(2);
    aws.advance(MINUTE_MS);
    await observe([placement]);
    const calls = aws.sim.log().length;
    await close([placement]);
    expect(aws.actionsSince(calls)).toEqual(['DescribeSecurityGroupRules']);
    expect(aws.mutations() - before).toBe(2);
  });

  test('of five sources is closed by one call', async () => {
    const placements = await openAll([HOME, ...OTHERS]);
    const calls = aws.sim.log().length;
    await close(placements);
    expect(aws.actionsSince(calls)).toEqual(['RevokeSecurityGroupIngress']);
    expect(aws.rulesLeft()).toEqual([]);
  });

  test('can be read in the console', async () => {
    const until = aws.now() + HOUR_MS;
    const { placement } = await openOne(aws, await placeOne(aws), until);
    const [open] = ourRules();
    expect(open).toMatchObject({ protocol: 'tcp', fromPort: 22, toPort: 22, source: HOME });
    expect(open?.description).toBe(`drawbridge r-1 until ${new Date(until).toISOString()} unless extended (see tags)`);
    expect(open?.tags).toEqual({
      'drawbridge:mark': aws.marks.sign(placement, until),
      'drawbridge:until': new Date(until).toISOString(),
      'drawbridge:machine': aws.machine,
      'drawbridge:request': 'r-1',
      'drawbridge:requester': 'ada',
      'drawbridge:approver': 'grace',
    });
  });

  test('with a request id that EC2 would refuse in a description is opened all the same', async () => {
    const placement = await placeOne(aws);
    const note = { request: 'ré“q”?1', requester: 'ada', approver: 'grace' };
    const until = aws.now() + HOUR_MS;
    await aws.adapter.open([{ placement, until, now: aws.now(), note }], never, go);
    expect(ourRules()[0]?.description).toMatch(/^drawbridge r--q--1 until /);
  });
});

describe('opening', () => {
  test('a lost reply, and readings that do not show the rule until after its end: it is closed all the same', async () => {
    const old = await awsHarness({ asUser: true, maxSkewMs: 10 * DAY_MS });
    try {
      old.advance(5 * HOUR_MS);
      const placement = await placeOne(old);
      old.staleReads(3 * HOUR_MS);
      old.loseReply('open', 2);
      await expect(openOne(old, placement, old.now() + HOUR_MS)).rejects.toMatchObject({ code: 'cloudSilent' });
      expect(old.rulesLeft()).toHaveLength(1);
      old.advance(HOUR_MS);
      const { ours } = await old.adapter.observe(old.machine, [placement], never);
      expect(ours).toEqual([]);
      await old.adapter.close([placement], never, go);
      expect(old.rulesLeft()).toEqual([]);
    } finally {
      await old.stop();
    }
  });

  test('is done in the name of the request, and closing in that of the program', async () => {
    const { placement } = await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    await aws.adapter.close([placement], never, go);
    const callOf = (action: string) => aws.sim.log().find((call) => call.action === action);
    expect(callOf('AuthorizeSecurityGroupIngress')).toMatchObject({
      caller: expect.stringMatching(/assumed-role\/drawbridge-operator\/drawbridge-r-1$/),
      sourceIdentity: 'ada.r-1',
    });
    expect(callOf('RevokeSecurityGroupIngress')?.caller).toMatch(/\/drawbridge-operator\/drawbridge$/);
  });

  test('is refused before anything is written when the group has no room: EC2 has 60 rules for one', async () => {
    for (let i = 0; i < 60; i += 1) aws.sim.human.addRule(ourGroup().id, { port: 1000 + i, source: '192.0.2.0/24' });
    const before = aws.mutations();
    const full = { code: 'groupFull', say: 'The security group cannot take another rule.' };
    await expect(placeOne(aws)).rejects.toMatchObject(full);
    expect(aws.mutations()).toBe(before);
    // IPv6 counts for itself.
    await placeOne(aws, rule(aws.machine, 22, '2001:db8::7/128'));
    // Where the quota may not be read EC2 itself refuses.
    const blind = { ...aws, adapter: aws.restarted() };
    aws.sim.faults.add('GetServiceQuota', { kind: 'error', status: 400, code: 'AccessDeniedException' }, 1);
    const placement = await placeOne(blind);
    await expect(openOne(blind, placement, aws.now() + HOUR_MS)).rejects.toMatchObject(full);
  });

  test('marks a rule that somebody wrote where only we write, and warns', async () => {
    aws.sim.human.addRule(ourGroup().id, { port: 22, source: HOME });
    const placement = await placeOne(aws);
    const until = aws.now() + HOUR_MS;
    expect((await openOne(aws, placement, until)).outcome).toBe('remarked');
    expect(aws.log.lines).toContain('a rule without our mark stands where only we write; marking it');
    expect((await observe([placement])).ours).toMatchObject([{ mark: 'valid', until }]);
  });

  test('in a group that is gone says that the machine is not protected', async () => {
    const placement = await placeOne(aws);
    aws.sim.human.deleteGroup(ourGroup().id);
    await expect(openOne(aws, placement, aws.now() + HOUR_MS)).rejects.toMatchObject({ code: 'notProtected' });
  });

  test('asks before the second attempt too', async () => {
    const placement = await placeOne(aws);
    aws.cut('open', 1);
    let asked = 0;
    const count = () => {
      asked += 1;
    };
    await openOne(aws, placement, aws.now() + HOUR_MS, { beforeCall: count });
    expect(asked).toBe(2);
  });

  test('makes no second attempt when the time is over by then', async () => {
    const placement = await placeOne(aws);
    aws.cut('open', 1);
    let asked = 0;
    const once = () => {
      asked += 1;
      if (asked > 1) throw new Error('too late');
    };
    await expect(openOne(aws, placement, aws.now() + HOUR_MS, { beforeCall: once })).rejects.toThrow('too late');
    expect(aws.rulesLeft()).toEqual([]);
  });

  test('again after closing writes a new rule', async () => {
    const [placement] = await openAll([HOME]);
    if (!placement) throw new Error('nothing opened');
    await close([placement]);
    const again = await openOne(aws, placement, aws.now() + HOUR_MS);
    expect(again.outcome).toBe('opened');
    expect(again.placement.id).not.toBe(placement.id);
  });
});

describe('closing', () => {
  test('takes away a rule that was written again under another id', async () => {
    const [placement] = await openAll([HOME]);
    if (!placement) throw new Error('nothing opened');
    aws.sim.human.removeRule(placement.id ?? '');
    aws.sim.human.addRule(ourGroup().id, { port: 22, source: HOME });
    await close([placement]);
    expect(aws.rulesLeft()).toEqual([]);
  });

  test('takes away at the second look what has landed since', async () => {
    const [placement] = await openAll([HOME]);
    if (!placement) throw new Error('nothing opened');
    await close([placement]);
    aws.advance(MINUTE_MS);
    aws.sim.human.addRule(ourGroup().id, { port: 22, source: HOME });
    await close([placement]);
    expect(aws.rulesLeft()).toEqual([]);
  });

  test('finds a rule that no reading shows yet', async () => {
    aws.advance(MINUTE_MS);
    const placement = await placeOne(aws);
    const other = await placeOne(aws, rule(aws.machine, 3389));
    await openOne(aws, placement, aws.now() + HOUR_MS);
    aws.staleReads(MINUTE_MS / 2);
    await aws.adapter.close([placement, other], never, go);
    expect(aws.rulesLeft()).toEqual([]);
  });

  test('when its group is gone is done', async () => {
    const placements = await openAll([HOME]);
    aws.sim.human.deleteGroup(ourGroup().id);
    await expect(close(placements)).resolves.toBeUndefined();
    await expect(close(placements.map(({ id: _, ...rest }) => rest))).resolves.toBeUndefined();
  });

  test('in a group whose tags somebody took away touches only what bears our mark', async () => {
    const [marked] = await openAll([HOME]);
    if (!marked) throw new Error('nothing opened');
    const unmarked = await placeOne(aws, rule(aws.machine, 3389));
    aws.sim.human.addRule(ourGroup().id, { port: 3389, source: HOME });
    aws.sim.human.setTags(ourGroup().id, {});
    const { id: _, ...withoutId } = marked;
    await aws.restarted().close([withoutId, unmarked], never, go);
    expect(aws.rulesLeft()).toEqual([`3389 ${HOME}`]);
  });

  test('in a group of others that bears our tag touches nothing either', async () => {
    const api = aws.sim.state().groups.find(({ name }) => name === 'api');
    aws.sim.human.setTags(api?.id ?? '', ourGroup().tags);
    aws.sim.human.addRule('api', { port: 22, source: HOME });
    const placement = await placeOne(aws);
    await close([{ ...placement, at: placement.at.replace(ourGroup().id, api?.id ?? '') }]);
    const left = aws.sim.state().groups.find(({ name }) => name === 'api')?.rules;
    expect(left?.some(({ fromPort, direction }) => fromPort === 22 && direction === 'ingress')).toBe(true);
  });

  test('takes away what others wrote there, ranges and groups as sources too', async () => {
    aws.sim.human.addRule(ourGroup().id, { port: 20, toPort: 25, source: HOME });
    aws.sim.human.addRule(ourGroup().id, { protocol: '-1', source: '0.0.0.0/0' });
    aws.sim.human.addRule(ourGroup().id, { port: 22, source: ourGroup().id });
    const placement = await placeOne(aws);
    const [open] = await openAll([HOME]);
    const { ours } = await observe([placement]);
    expect(ours.map(({ mark }) => mark).sort()).toEqual(['missing', 'missing', 'missing', 'valid']);
    await close(ours.filter(({ mark }) => mark === 'missing').map((one) => one.placement));
    expect(ourRules().map(({ id }) => id)).toEqual([open?.id]);
  });

  test('of an account that is not configured any more says so', async () => {
    const placement = { ...(await placeOne(aws)), at: '999999999999:eu-west-1:sg-0123456789abcdef0' };
    await expect(close([placement])).rejects.toMatchObject({
      code: 'notConfigured',
      say: 'The configuration does not have the AWS account 999999999999 in eu-west-1 any more, so Drawbridge can close nothing there.',
    });
  });

  test('in a region that is not configured any more is read and closed all the same, and nothing is opened there', async () => {
    const [open] = await openAll([HOME]);
    if (!open) throw new Error('nothing opened');
    const after = aws.restarted(undefined, ['eu-central-1']);
    const opening = {
      placement: open,
      until: aws.now() + HOUR_MS,
      now: aws.now(),
      note: { request: 'r-2', requester: 'ada', approver: 'grace' },
    };
    await expect(after.open([opening], never, go)).rejects.toMatchObject({ code: 'notConfigured' });
    expect((await after.observe(aws.machine, [open], never)).ours).toHaveLength(1);
    expect(await after.remove?.([open], () => false, never)).toEqual([]);
    await after.close([open], never, go);
    expect(aws.rulesLeft()).toEqual([]);
    await expect(after.open([opening], never, go)).rejects.toMatchObject({ code: 'notConfigured' });
  });

  test('of one group does not wait for another that fails', async () => {
    const [open] = await openAll([HOME]);
    if (!open) throw new Error('nothing opened');
    const elsewhere = { ...open, at: '999999999999:eu-west-1:sg-0123456789abcdef0' };
    await expect(close([elsewhere, open])).rejects.toMatchObject({ code: 'notConfigured' });
    expect(aws.rulesLeft()).toEqual([]);
  });

  test('is given up with the reason that it was given', async () => {
    const [open] = await openAll([HOME]);
    if (!open) throw new Error('nothing opened');
    const lost = new AbortController();
    const late = () => lost.abort(new Error('the lock is lost'));
    await expect(aws.adapter.close([open], lost.signal, late)).rejects.toThrow('the lock is lost');
  });

  test('that is given up before it begins does not even sign in', async () => {
    const [open] = await openAll([HOME]);
    const calls = aws.sim.log().length;
    await expect(aws.restarted().close(open ? [open] : [], AbortSignal.abort(), go)).rejects.toThrow();
    expect(aws.actionsSince(calls)).toEqual([]);
  });

  test('is not done while the cloud does not answer', async () => {
    const [open] = await openAll([HOME]);
    if (!open) throw new Error('nothing opened');
    aws.cut('close', Number.POSITIVE_INFINITY);
    await expect(close([open])).rejects.toMatchObject({ code: 'cloudSilent' });
  });
});
