import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';
import { groupNamed, groupsOn, inbound, launchSharing } from './shared-group.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
const RDP: Port = { number: 3389, protocol: 'tcp' };

describe('a rule with a mark of any Drawbridge', () => {
  const mark = `db1.k1.elsewhere.abcdefgh.${'x'.repeat(22)}`;
  const WHY = 'its tag says that it is a Drawbridge lease; if no Drawbridge closes it, delete it in AWS';
  let aws: AwsHarness;
  let undo: ReturnType<typeof memoryUndo>;
  let kept: Map<string, string>;
  let web1: MachineId;
  beforeEach(async () => {
    aws = await awsHarness();
    kept = new Map();
    undo = memoryUndo(kept);
    [web1] = launchSharing(aws);
    aws.sim.human.addRule('web', { port: 22, source: '198.51.100.7/32', tags: { 'drawbridge:mark': mark } });
  });
  afterEach(() => aws.stop());

  const protect = async (how: 'close' | 'copy' = 'close') => {
    await aws.adapter.protect(web1, PROTECTION, never);
    return aws.adapter.lockDown({ machine: web1, ports: [SSH, RDP], how }, undo, never);
  };

  const LEASE = 'tcp 22-22 198.51.100.7/32';
  /** The Drawbridge that wrote it closes it. */
  const end = () =>
    aws.sim.human.removeRule(groupNamed(aws, 'web').rules.find(({ source }) => source === '198.51.100.7/32')?.id ?? '');

  test('is not closed, is said, and is in no record, so that it cannot come back after its end', async () => {
    const { stays } = await aws.adapter.planLockdown({ machine: web1, ports: [SSH], how: 'close' }, never);
    expect(stays).toMatchObject([{ rule: { source: '198.51.100.7/32' }, why: WHY }]);
    expect(await protect()).toEqual(stays);
    expect(inbound(aws, 'web')).toContain(LEASE);
    expect(JSON.stringify([...kept.values()])).not.toContain('198.51.100.7');
    end();
    await aws.adapter.unprotect(web1, never);
    await aws.adapter.putBack({ machine: web1 }, undo, never);
    expect(inbound(aws, 'web')).toEqual(['tcp 20-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
  });

  test('keeps its group from being copied, for in a copy nobody would close it', async () => {
    const { remedies, stays } = await aws.adapter.planLockdown({ machine: web1, ports: [SSH], how: 'copy' }, never);
    expect(remedies).toEqual([]);
    expect(stays.map(({ why }) => why)).toEqual([WHY, expect.stringContaining('lock down once it has ended')]);
    await protect('copy');
    expect(groupsOn(aws, web1)).toContain('web');
  });

  test('is left out of a copy that is made to follow its group', async () => {
    end();
    await protect('copy');
    aws.sim.human.addRule('web', { port: 8080, source: '198.51.100.7/32', tags: { 'drawbridge:mark': mark } });
    await aws.adapter.lockDown(
      { machine: web1, ports: [RDP, { number: 443, protocol: 'tcp' }], how: 'copy' },
      undo,
      never,
    );
    const copy = groupsOn(aws, web1).find((name) => name?.includes('copy-')) ?? '';
    expect(inbound(aws, copy)).toEqual(['tcp 20-21 0.0.0.0/0', 'tcp 23-25 0.0.0.0/0']);
  });

  test('is not put back from a record of an earlier version', async () => {
    end();
    await protect();
    const [[id = '', text = ''] = []] = kept;
    kept.set(id, text.replace('"tags":{}', `"tags":{"drawbridge:mark":"${mark}"}`));
    expect(await aws.adapter.putBack({}, undo, never)).toEqual([
      'tcp 20-25 from 0.0.0.0/0 in security group web is not put back: it was a lease of Drawbridge, not a standing rule.',
    ]);
    expect(kept.size).toBe(0);
  });
});
