import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LockdownWay } from '../../../src/core/machine/lockdown.ts';
import { remedyText } from '../../../src/core/machine/lockdown.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';
import { groupNamed, groupsOn, inbound, launchSharing } from './shared-group.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
const RDP: Port = { number: 3389, protocol: 'tcp' };
describe('closing what others let stand open', () => {
  let aws: AwsHarness;
  let undo: ReturnType<typeof memoryUndo>;
  let kept: Map<string, string>;
  let web1: MachineId;
  let web2: MachineId;
  beforeEach(async () => {
    aws = await awsHarness();
    kept = new Map();
    undo = memoryUndo(kept);
    [web1, web2] = launchSharing(aws, 'old things');
  });
  afterEach(() => aws.stop());

  /** Rules without their ids, which AWS makes anew. */
  const rulesOf = (name: string) =>
    groupNamed(aws, name)
      .rules.map(({ direction, protocol, fromPort, toPort, source, description, tags }) =>
        [direction, protocol, fromPort, toPort, source, description ?? '', JSON.stringify(tags)].join(' '),
      )
      .sort();
  const everything = () =>
    JSON.stringify([
      aws.sim
        .state()
        .groups.map(({ name }) => name)
        .filter((name) => !name.startsWith('drawbridge-test-i-'))
        .sort()
        .map((name) => [name, rulesOf(name)]),
      [web1, web2].map((machine) => groupsOn(aws, machine)),
    ]);
  const protect = async (machine: MachineId, how: LockdownWay = 'close') => {
    await aws.adapter.protect(machine, PROTECTION, never);
    return aws.adapter.lockDown({ machine, ports: [SSH, RDP], how }, undo, never);
  };
  const unprotect = async (machine: MachineId) => {
    await aws.adapter.unprotect(machine, never);
    return aws.adapter.putBack({ machine }, undo, never);
  };
  const isOpen = async (machine: MachineId) => {
    const { standing } = await aws.adapter.look(machine, never);
    return standing.some(({ port }) => port.number === 22);
  };

  test('shows who shares a group, whose sessions may be cut, and who writes it', async () => {
    aws.sim.human.addService({ description: 'ELB app/front/50dc6c49', privateIp: '10.1.0.90', groups: ['web'] });
    aws.sim.human.addService({
      description: 'AWS Lambda VPC ENI',
      type: 'lambda',
      privateIp: '10.1.0.91',
      groups: ['web'],
    });
    aws.sim.human.setTags(groupNamed(aws, 'web').id, { ManagedBy: 'Terraform' });
    const before = aws.mutations();
    const plan = await aws.adapter.planLockdown({ machine: web1, ports: [SSH, RDP], how: 'close' }, never);
    expect(plan.isShared).toBe(true);
    expect(plan.remedies.map(remedyText)).toEqual([
      `Security group web (${groupNamed(aws, 'web').id}): tcp 20-25 from 0.0.0.0/0 becomes tcp 20-21, tcp 23-25. This also affects ELB app/front/50dc6c49, lambda AWS Lambda VPC ENI, web-2. Sessions that this rule lets in may be cut. Its tags mention Terraform, which may revert the change on its next run.`,
    ]);
    expect(await aws.adapter.planLockdown({ machine: web1, ports: [SSH, RDP], how: 'close' }, never)).toEqual(plan);
    expect(aws.mutations()).toBe(before);
  });

  test('splits a range, and puts back exactly what was there', async () => {
    const before = everything();
    expect(await protect(web1)).toEqual([]);
    expect(inbound(aws, 'web')).toEqual(['tcp 20-21 0.0.0.0/0', 'tcp 23-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
    expect(await isOpen(web1)).toBe(false);
    expect(kept.size).toBe(1);
    expect(await unprotect(web1)).toEqual([]);
    expect(everything()).toBe(before);
    expect(kept.size).toBe(0);
  });

  test.each([
    [{ port: 22, source: '::/0' }, []],
    [
      { protocol: '-1', source: '0.0.0.0/0', tags: { why: 'lazy' } },
      ['icmp -1--1', 'tcp 0-21', 'tcp 23-3388', 'tcp 3390-65535', 'udp 0-65535'],
    ],
    [{ port: 0, toPort: 65_535, source: '203.0.113.0/24' }, ['tcp 0-21', 'tcp 23-3388', 'tcp 3390-65535']],
  ])('closes %o', async (added, left) => {
    aws.sim.human.addRule('web', added);
    const before = everything();
    await protect(web1);
    const others = new Set(['tcp 20-21 0.0.0.0/0', 'tcp 23-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
    expect(inbound(aws, 'web').filter((one) => !others.has(one))).toEqual(left.map((one) => `${one} ${added.source}`));
    await unprotect(web1);
    expect(everything()).toBe(before);
  });

  test('closes rules whose source is a prefix list or a group, and puts them back', async () => {
    const source = groupNamed(aws, 'api').id;
    aws.sim.human.addRule('web', { port: 22, source, description: 'from the bastion' });
    aws.sim.human.addRule('web', { port: 22, source: aws.sim.state().prefixLists[0]?.id ?? '' });
    const before = everything();
    await protect(web1);
    expect(await isOpen(web1)).toBe(false);
    await unprotect(web1);
    expect(everything()).toBe(before);
  });

  test('says what cannot be put back: a group that is gone', async () => {
    const source = groupNamed(aws, 'api').id;
    aws.sim.human.addRule('web', { port: 22, source, description: 'from the bastion' });
    await protect(web1);
    aws.sim.human.deleteGroup('api');
    expect(await unprotect(web1)).toEqual([
      expect.stringContaining(
        `tcp 22 from ${source} in security group web cannot be put back: ${source} no longer exists`,
      ),
    ]);
    expect(kept.size).toBe(0);
    expect(inbound(aws, 'web')).toEqual(['tcp 20-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
  });

  test('opens a shared group again only when its last protected machine goes', async () => {
    const before = everything();
    await protect(web1);
    await protect(web2);
    expect(await unprotect(web1)).toEqual(['22 in security group web stays closed while web-2 is protected.']);
    expect(await isOpen(web2)).toBe(false);
    expect(await unprotect(web2)).toEqual([]);
    expect(everything()).toBe(before);
  });

  test('takes out more ports later, and gives back some', async () => {
    aws.sim.human.addRule('web', { port: 3000, toPort: 4000, source: '0.0.0.0/0' });
    const before = everything();
    await aws.adapter.protect(web1, { ports: PROTECTION.ports.slice(0, 1) }, never);
    await aws.adapter.lockDown({ machine: web1, ports: [SSH], how: 'close' }, undo, never);
    expect(inbound(aws, 'web')).toContain('tcp 3000-4000 0.0.0.0/0');
    await protect(web1);
    expect(inbound(aws, 'web')).toContain('tcp 3390-4000 0.0.0.0/0');
    await aws.adapter.unprotect(web1, never, [RDP]);
    await aws.adapter.putBack({ machine: web1, ports: [RDP] }, undo, never);
    expect(inbound(aws, 'web')).toContain('tcp 3000-4000 0.0.0.0/0');
    expect(inbound(aws, 'web')).toContain('tcp 23-25 0.0.0.0/0');
    await unprotect(web1);
    expect(everything()).toBe(before);
  });

  test('gives the machine a copy of a shared group, and changes nothing for others', async () => {
    aws.sim.human.addRule('web', { port: 5432, source: '10.1.1.0/24', egress: true });
    aws.sim.human.addRule('api', { port: 8080, source: groupNamed(aws, 'web').id });
    const before = everything();
    const shared = rulesOf('web');
    const plan = await aws.adapter.planLockdown({ machine: web1, ports: [SSH, RDP], how: 'copy' }, never);
    expect(plan.remedies.map(remedyText)).toEqual([
      `Security group web (${groupNamed(aws, 'web').id}): replaced on this machine by a copy in which tcp 20-25 from 0.0.0.0/0 becomes tcp 20-21, tcp 23-25; the group itself does not change. Sessions that this rule lets in may be cut. Rules of api that refer to this group no longer apply to this machine.`,
    ]);
    await protect(web1, 'copy');
    expect(rulesOf('web')).toEqual(shared);
    const copy = groupsOn(aws, web1).find((name) => name?.startsWith('drawbridge-test-copy-')) ?? '';
    expect(inbound(aws, copy)).toEqual(['tcp 20-21 0.0.0.0/0', 'tcp 23-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
    const out = (name: string) => rulesOf(name).filter((one) => one.startsWith('egress'));
    expect(out(copy)).toEqual(out('web'));
    expect(out(copy)).toHaveLength(2);
    expect(groupsOn(aws, web2)).toEqual(['web']);
    expect([await isOpen(web1), await isOpen(web2)]).toEqual([false, true]);
    expect(await unprotect(web1)).toEqual([]);
    expect(everything()).toBe(before);
    expect(kept.size).toBe(0);
  });

  test('makes the copy of a group of another VPC in the VPC of the interface', async () => {
    aws.sim.human.launch({ name: 'far-1', privateIp: '10.2.0.11', groups: [{ name: 'far' }] });
    const far = aws.idOf('far-1');
    aws.sim.human.associate('web', far.slice(far.lastIndexOf(':') + 1));
    const before = groupsOn(aws, far);
    expect(before).toEqual(['web']);
    await protect(far, 'copy');
    expect(await isOpen(far)).toBe(false);
    const copy = groupNamed(aws, groupsOn(aws, far).find((name) => name?.includes('-copy-')) ?? '');
    expect(copy.vpcId).not.toBe(groupNamed(aws, 'web').vpcId);
    expect(await unprotect(far)).toEqual([]);
    expect(groupsOn(aws, far)).toEqual(before);
    expect(kept.size).toBe(0);
  });

  test('leaves the copy when its original is gone, and says so', async () => {
    await protect(web1, 'copy');
    const { id } = groupNamed(aws, 'web');
    aws.sim.human.deleteGroup('web');
    const [note] = await unprotect(web1);
    expect(note).toMatch(
      new RegExp(`^Security group web \\(${id}\\) no longer exists; its copy drawbridge-test-copy-\\w+ stays`),
    );
    expect(groupsOn(aws, web1)).toHaveLength(1);
  });

  test('keeps how it was before anything is touched', async () => {
    const { keep } = undo;
    const touched: number[] = [];
    await aws.adapter.protect(web1, PROTECTION, never);
    const before = aws.mutations();
    undo.keep = async (record) => {
      touched.push(aws.mutations() - before);
      await keep(record);
    };
    await aws.adapter.lockDown({ machine: web1, ports: [SSH, RDP], how: 'close' }, undo, never);
    expect(touched).toEqual([0]);
  });

  test.each([
    'AuthorizeSecurityGroupIngress',
    'RevokeSecurityGroupIngress',
    'CreateSecurityGroup',
    'ModifyNetworkInterfaceAttribute',
  ])('gets over lost replies to %s and readings that lag behind', async (action) => {
    aws.advance(60_000);
    for (const how of ['close', 'copy'] as const) {
      const before = everything();
      aws.sim.setReadLag(3_000);
      await aws.adapter.protect(web1, PROTECTION, never);
      aws.sim.faults.add(action, { kind: 'lostReply' }, 2);
      await aws.adapter.lockDown({ machine: web1, ports: [SSH, RDP], how }, undo, never);
      expect(await isOpen(web1)).toBe(false);
      await aws.adapter.unprotect(web1, never);
      aws.sim.faults.add(action, { kind: 'lostReply' }, 2);
      expect(await aws.adapter.putBack({ machine: web1 }, undo, never)).toEqual([]);
      aws.sim.faults.clear();
      aws.sim.setReadLag(0);
      expect(everything()).toBe(before);
    }
  });

  test('puts everything back from the records alone, whoever is protected', async () => {
    const before = new Set(inbound(aws, 'web'));
    await protect(web1);
    await protect(web2, 'copy');
    const restarted = aws.restarted();
    expect(await restarted.putBack({}, undo, never)).toEqual([]);
    expect(new Set(inbound(aws, 'web'))).toEqual(before);
    expect(kept.size).toBe(0);
  });

  test('never touches a group that Defender appears to have created, and says so', async () => {
    const rules = [{ port: 22, source: '0.0.0.0/0' }];
    aws.sim.human.launch({ name: 'mdc-1', privateIp: '10.1.0.77', groups: [{ name: 'defender-jit-77', rules }] });
    const machine = aws.idOf('mdc-1');
    const state = await aws.adapter.look(machine, never);
    expect(state.otherJit).toEqual({ by: 'Defender for Cloud', through: 'defender-jit-77' });
    const before = aws.mutations();
    const { remedies, stays } = await aws.adapter.planLockdown({ machine, ports: [SSH], how: 'close' }, never);
    expect(remedies).toEqual([]);
    expect(stays).toMatchObject([{ why: 'Defender for Cloud appears to have created it' }]);
    expect(await aws.adapter.lockDown({ machine, ports: [SSH], how: 'close' }, undo, never)).toEqual(stays);
    expect(aws.mutations()).toBe(before);
    expect((await aws.adapter.look(web1, never)).otherJit).toBeUndefined();
  });

  test('refuses a record that it cannot read', async () => {
    await protect(web1);
    const [[id = '', text = ''] = []] = kept;
    kept.set(id, text.replace('"kind":"rule"', '"kind":"other"'));
    await expect(unprotect(web1)).rejects.toMatchObject({ code: 'badUndo' });
  });

  test.each([
    ['a wider rule', '"from":20,"to":25', '"from":0,"to":65535'],
    ['another source', '"value":"0.0.0.0/0"', '"value":"::/0"'],
    ['another group', /"group":"sg-\w+"/, '"group":"sg-00000000000000000"'],
  ])(
    'takes no record that says of %s what its id does not, neither to put back nor to close more',
    async (_, was, is) => {
      await protect(web1);
      const [[id = '', text = ''] = []] = kept;
      kept.set(id, text.replace(was, is));
      aws.sim.human.addRule('web', { port: 3389, source: '10.0.0.0/8' });
      const before = inbound(aws, 'web');
      await expect(unprotect(web1)).rejects.toMatchObject({ code: 'badUndo' });
      await expect(protect(web2)).rejects.toMatchObject({ code: 'badUndo' });
      expect(inbound(aws, 'web')).toEqual(before);
    },
  );
});
