import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stayText } from '../../../src/core/machine/lockdown.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';
import { groupNamed, groupsOn, inbound, launchSharing } from './shared-group.ts';

const PORTS: readonly Port[] = PROTECTION.ports.map(({ port }) => port);
const ALL = { protocol: '-1', source: '198.51.100.0/24' };

/** Amazon VPC quotas: "Inbound or outbound rules per security group" is enforced for IPv4 and for IPv6 each. */
describe('closing what a group has no room for', () => {
  let aws: AwsHarness;
  let kept: Map<string, string>;
  let undo: ReturnType<typeof memoryUndo>;
  let web1: MachineId;
  beforeEach(async () => {
    aws = await awsHarness();
    kept = new Map();
    undo = memoryUndo(kept);
    [web1] = launchSharing(aws);
  });
  afterEach(() => aws.stop());

  /** Rules of no interest here, until the group has so many. */
  const fill = (count: number, of: (i: number) => string = (i) => `10.7.${i}.0/24`) => {
    const missing = count - inbound(aws, 'web').length;
    for (let i = 0; i < missing; i += 1) aws.sim.human.addRule('web', { port: 8_000, source: of(i) });
  };
  const ask = { ports: PORTS, how: 'close' as const };
  const plan = async (how: 'close' | 'copy' = 'close') => {
    const { remedies, stays } = await aws.adapter.planLockdown({ ...ask, machine: web1, how }, never);
    return { remedies: remedies.length, stays: stays.map(stayText) };
  };
  const close = async (how: 'close' | 'copy' = 'close') => {
    await aws.adapter.protect(web1, PROTECTION, never);
    const stays = await aws.adapter.lockDown({ ...ask, machine: web1, how }, undo, never);
    return stays.map(stayText);
  };
  /** Nothing of the group is touched, and page and deed say the same. */
  const staysWhole = async (expected: string) => {
    const before = inbound(aws, 'web');
    const { remedies, stays } = await plan();
    expect(remedies).toBe(0);
    expect(stays[0]).toContain(expected);
    expect(await close()).toEqual(stays);
    expect(inbound(aws, 'web')).toEqual(before);
    expect(kept.size).toBe(0);
  };

  test('the page says how many rules are needed, and no rule of the group is touched', async () => {
    aws.sim.human.addRule('web', { port: 22, source: '10.9.0.0/16' });
    aws.sim.human.addRule('web', ALL);
    fill(59);
    // 59, less the one that goes, and six for what was one.
    await staysWhole('the group would need 64 rules, and AWS allows 60: raise the quota');
  });

  test('copying is named where a copy has the room that the group has not', async () => {
    aws.sim.human.addRule('web', { port: 22, toPort: 23, source: '203.0.113.0/24' });
    fill(59);
    // Two pieces stand beside what they come in place of until that goes; in a copy they do not.
    await staysWhole('the group would need 61 rules, and AWS allows 60: raise the quota, or choose `copying`');
    expect(await plan('copy')).toEqual({ remedies: 1, stays: [] });
    expect(await close('copy')).toEqual([]);
    expect(groupsOn(aws, web1).some((name) => name?.startsWith('drawbridge-test-copy-'))).toBe(true);
  });

  test('nor is a copy made that cannot hold them', async () => {
    aws.sim.human.addRule('web', ALL);
    fill(60);
    const { remedies, stays } = await plan('copy');
    expect(remedies).toBe(0);
    expect(stays[0]).toContain('a copy would need 65 rules, and AWS allows 60: raise the quota');
    expect(await close('copy')).toEqual(stays);
    expect(groupsOn(aws, web1)).toContain('web');
  });

  test('what goes makes room for what is split', async () => {
    for (const source of ['10.9.0.0/16', '10.10.0.0/16']) aws.sim.human.addRule('web', { port: 22, source });
    fill(60);
    expect(await plan()).toEqual({ remedies: 1, stays: [] });
    expect(await close()).toEqual([]);
    expect(inbound(aws, 'web')).toHaveLength(59);
  });

  test('IPv4 and IPv6 count each for themselves', async () => {
    fill(60);
    aws.sim.human.addRule('web', { port: 0, toPort: 100, source: '::/0' });
    const { stays } = await plan();
    expect(stays[0]).toContain('would need 62 rules');
    aws.sim.human.removeRule(groupNamed(aws, 'web').rules.find(({ fromPort }) => fromPort === 20)?.id ?? '');
    expect(await plan()).toEqual({ remedies: 1, stays: [] });
  });

  test.each([
    ['one of the customer counts for all that it may hold', 'office', 48, 'would need 62 rules'],
    ['one of AWS counts for its weight', 's3', 58, 'would need 61 rules'],
  ])('of prefix lists, %s', async (_, name, filled, needed) => {
    const source = aws.sim.state().prefixLists.find((list) => list.name.endsWith(name))?.id ?? '';
    aws.sim.human.addRule('web', { port: 20, toPort: 30, source });
    fill(filled);
    await staysWhole(needed);
  });

  test('a group that was filled up meanwhile goes back to what it was', async () => {
    aws.sim.human.addRule('web', { port: 22, source: '10.9.0.0/16' });
    aws.sim.human.addRule('web', ALL);
    const before = inbound(aws, 'web');
    await aws.adapter.protect(web1, PROTECTION, never);
    const refusal = { kind: 'error', status: 400, code: 'RulesPerSecurityGroupLimitExceeded' } as const;
    const off = aws.sim.onChange(() => {
      if (!aws.actionsSince(0).includes('RevokeSecurityGroupIngress')) return;
      off();
      aws.sim.faults.add('AuthorizeSecurityGroupIngress', refusal, 1);
    });
    const stays = await aws.adapter.lockDown({ ...ask, machine: web1 }, undo, never);
    expect(stays.map(stayText)[0]).toContain('AWS had no room for the rules that it needs; the group is as it was');
    expect(inbound(aws, 'web')).toEqual(before);
    expect(kept.size).toBe(0);
  });

  test('what AWS refuses half way leaves the group as it was', async () => {
    aws.sim.human.addRule('web', { port: 22, source: '10.9.0.0/16' });
    const before = inbound(aws, 'web');
    await aws.adapter.protect(web1, PROTECTION, never);
    const refusal = { kind: 'error', status: 403, code: 'UnauthorizedOperation' } as const;
    const off = aws.sim.onChange(() => {
      off();
      aws.sim.faults.add('AuthorizeSecurityGroupIngress', refusal, 1);
    });
    const closing = aws.adapter.lockDown({ ...ask, machine: web1 }, undo, never);
    await expect(closing).rejects.toMatchObject({ code: 'cloudDenied' });
    expect(inbound(aws, 'web')).toEqual(before);
    expect(kept.size).toBe(0);
  });

  test('a copy that cannot be filled is taken away again', async () => {
    const before = groupsOn(aws, web1);
    const groups = aws.sim.state().groups.length;
    const refusal = { kind: 'error', status: 403, code: 'UnauthorizedOperation' } as const;
    aws.sim.faults.add('AuthorizeSecurityGroupIngress', refusal, 1);
    const copying = aws.adapter.lockDown({ ...ask, machine: web1, how: 'copy' }, undo, never);
    await expect(copying).rejects.toMatchObject({ code: 'cloudDenied' });
    expect(groupsOn(aws, web1)).toEqual(before);
    expect(aws.sim.state().groups).toHaveLength(groups);
    expect(kept.size).toBe(0);
  });

  test('what cannot go back either is said, and the records tell how it was', async () => {
    aws.sim.human.addRule('web', { port: 22, source: '10.9.0.0/16' });
    await aws.adapter.protect(web1, PROTECTION, never);
    const refusal = { kind: 'error', status: 403, code: 'UnauthorizedOperation' } as const;
    const off = aws.sim.onChange(() => {
      off();
      aws.sim.faults.add('AuthorizeSecurityGroupIngress', refusal, 2);
    });
    const closing = aws.adapter.lockDown({ ...ask, machine: web1 }, undo, never);
    await expect(closing).rejects.toMatchObject({ code: 'halfClosed' });
    expect(kept.size).toBe(1);
    expect(await aws.adapter.lockDown({ ...ask, machine: web1 }, undo, never)).toEqual([]);
    expect(inbound(aws, 'web')).toEqual(['tcp 20-21 0.0.0.0/0', 'tcp 23-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
  });
});
