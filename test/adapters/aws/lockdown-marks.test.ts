import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
const RDP: Port = { number: 3389, protocol: 'tcp' };

describe('a rule with a mark of any Drawbridge', () => {
  const mark = `db1.k1.elsewhere.abcdefgh.${'x'.repeat(22)}`;
  const WHY = 'it bears the mark of a Drawbridge lease, which the Drawbridge that wrote it closes';
  let aws: AwsHarness;
  let undo: ReturnType<typeof memoryUndo>;
  let kept: Map<string, string>;
  let web1: MachineId;
  beforeEach(async () => {
    aws = await awsHarness();
    kept = new Map();
    undo = memoryUndo(kept);
    const rules = [
      { port: 443, source: '0.0.0.0/0' },
      { port: 20, toPort: 25, source: '0.0.0.0/0' },
    ];
    for (const [name, privateIp] of [
      ['web-1', '10.1.0.41'],
      ['web-2', '10.1.0.42'],
    ] as const)
      aws.sim.human.launch({ name, privateIp, groups: [{ name: 'web', rules }] });
    web1 = aws.idOf('web-1');
    aws.sim.human.addRule('web', { port: 22, source: '198.51.100.7/32', tags: { 'drawbridge:mark': mark } });
  });
  afterEach(() => aws.stop());

  const groupNamed = (name: string) => {
    const found = aws.sim.state().groups.find((one) => one.name === name);
    if (!found) throw new Error(`no group ${name}`);
    return found;
  };
  const inbound = (name: string) =>
    groupNamed(name)
      .rules.filter(({ direction }) => direction === 'ingress')
      .map(({ protocol, fromPort, toPort, source }) => `${protocol} ${fromPort}-${toPort} ${source}`)
      .sort();
  const groupsOn = (machine: MachineId) =>
    aws.sim
      .state()
      .interfaces.filter(({ instanceId }) => machine.endsWith(instanceId))
      .flatMap(({ groups }) => groups.map((id) => aws.sim.state().groups.find((group) => group.id === id)?.name));
  const protect = async (how: 'close' | 'copy' = 'close') => {
    await aws.adapter.protect(web1, PROTECTION, never);
    return aws.adapter.lockDown({ machine: web1, ports: [SSH, RDP], how }, undo, never);
  };

  const LEASE = 'tcp 22-22 198.51.100.7/32';
  /** The Drawbridge that wrote it closes it. */
  const end = () =>
    aws.sim.human.removeRule(groupNamed('web').rules.find(({ source }) => source === '198.51.100.7/32')?.id ?? '');

  test('is not closed, is said, and is in no record, so that it cannot come back after its end', async () => {
    const { stays } = await aws.adapter.planLockdown({ machine: web1, ports: [SSH], how: 'close' }, never);
    expect(stays).toMatchObject([{ rule: { source: '198.51.100.7/32' }, why: WHY }]);
    expect(await protect()).toEqual(stays);
    expect(inbound('web')).toContain(LEASE);
    expect(JSON.stringify([...kept.values()])).not.toContain('198.51.100.7');
    end();
    await aws.adapter.unprotect(web1, never);
    await aws.adapter.putBack({ machine: web1 }, undo, never);
    expect(inbound('web')).toEqual(['tcp 20-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
  });

  test('keeps its group from being copied, for in a copy nobody would close it', async () => {
    const { remedies, stays } = await aws.adapter.planLockdown({ machine: web1, ports: [SSH], how: 'copy' }, never);
    expect(remedies).toEqual([]);
    expect(stays.map(({ why }) => why)).toEqual([WHY, expect.stringContaining('lock down once it has ended')]);
    await protect('copy');
    expect(groupsOn(web1)).toContain('web');
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
    const copy = groupsOn(web1).find((name) => name?.includes('copy-')) ?? '';
    expect(inbound(copy)).toEqual(['tcp 20-21 0.0.0.0/0', 'tcp 23-25 0.0.0.0/0']);
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
