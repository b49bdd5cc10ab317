import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reopeningText } from '../../../src/core/machine/lockdown.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { memoryUndo } from '../../memory/undo.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';
import { groupNamed, groupsOn, inbound, launchSharing } from './shared-group.ts';

const PORTS: readonly Port[] = PROTECTION.ports.map(({ port }) => port);

let aws: AwsHarness;
let kept: Map<string, string>;
let undo: ReturnType<typeof memoryUndo>;
let web1: MachineId;
let web2: MachineId;
beforeEach(async () => {
  aws = await awsHarness();
  kept = new Map();
  undo = memoryUndo(kept);
  [web1, web2] = launchSharing(aws);
});
afterEach(() => aws.stop());

const close = async (machine: MachineId, ports = PORTS) => {
  await aws.adapter.protect(machine, PROTECTION, never);
  expect(await aws.adapter.lockDown({ machine, ports, how: 'close' }, undo, never)).toEqual([]);
};
const ended = async (machine = web1) => {
  await aws.adapter.unprotect(machine, never);
  return { machine };
};
const back = (which: Parameters<AwsHarness['adapter']['putBack']>[0]) => aws.adapter.putBack(which, undo, never);
const planOf = async (which: Parameters<AwsHarness['adapter']['putBack']>[0]) => {
  const { reopenings, stays } = await aws.adapter.planPutBack(which, undo, never);
  return { reopenings: reopenings.map(reopeningText), stays };
};
const fill = (count: number) => {
  const missing = count - inbound(aws, 'web').length;
  for (let i = 0; i < missing; i += 1) aws.sim.human.addRule('web', { port: 8_000, source: `10.7.${i}.0/24` });
};
const remove = (from: number, to: number) =>
  aws.sim.human.removeRule(
    groupNamed(aws, 'web').rules.find(({ fromPort, toPort }) => fromPort === from && toPort === to)?.id ?? '',
  );

describe('putting back in a group that is full', () => {
  test('frees its own room: what is left of a rule goes before the rule comes', async () => {
    aws.sim.human.addRule('web', { protocol: '-1', source: '198.51.100.0/24' });
    fill(54);
    const before = inbound(aws, 'web');
    await close(web1);
    expect(inbound(aws, 'web')).toHaveLength(59);
    aws.sim.human.addRule('web', { port: 9_000, source: '10.8.0.0/24' });
    expect(await back(await ended())).toEqual([]);
    expect(inbound(aws, 'web')).toEqual([...before, 'tcp 9000-9000 10.8.0.0/24'].sort());
    expect(kept.size).toBe(0);
  });

  test('what shrinks comes before what grows', async () => {
    aws.sim.human.addRule('web', { port: 22, source: '10.9.0.0/16' });
    aws.sim.human.addRule('web', { protocol: '-1', source: '198.51.100.0/24' });
    fill(54);
    const before = inbound(aws, 'web');
    await close(web1);
    fill(60);
    expect(await back(await ended())).toEqual([]);
    expect(inbound(aws, 'web')).toEqual(expect.arrayContaining([...before]));
  });

  test('what finds no room stays listed, is said with how to go on, and keeps nothing else closed', async () => {
    aws.sim.human.addRule('web', { port: 22, source: '10.9.0.0/16' });
    remove(20, 25);
    await close(web1);
    fill(60);
    const { machine } = await ended();
    const [id] = kept.keys();
    const [note = ''] = await back({ machine });
    expect(note).toMatch(/^tcp 22 from 10\.9\.0\.0\/16 in security group web could not be put back and stays closed: /);
    expect(note).toContain(`raise the quota`);
    expect(note).toContain(`\`/jit restore ${id}\` puts it back.`);
    expect([...kept.keys()]).toEqual([id]);
    remove(8_000, 8_000);
    expect(await back({ records: [id ?? ''] })).toEqual([]);
    expect(inbound(aws, 'web')).toContain('tcp 22-22 10.9.0.0/16');
    expect(kept.size).toBe(0);
  });

  test('what had to go first comes back when the rule cannot come', async () => {
    remove(20, 25);
    aws.sim.human.addRule('web', { protocol: '-1', source: '198.51.100.0/24' });
    await close(web1);
    fill(60);
    const closed = inbound(aws, 'web');
    const which = await ended();
    const refusal = { kind: 'error', status: 400, code: 'RulesPerSecurityGroupLimitExceeded' } as const;
    // Somebody else takes the room that was made.
    const off = aws.sim.onChange(() => {
      off();
      aws.sim.faults.add('AuthorizeSecurityGroupIngress', refusal, 1);
    });
    const notes = await back(which);
    expect(aws.actionsSince(0)).toContain('RevokeSecurityGroupIngress');
    expect(notes.join(' ')).toContain('could not be put back and stays closed');
    expect(inbound(aws, 'web')).toEqual(closed);
    expect([...kept.values()].join()).not.toContain('"taken"');
    expect(await back(which)).toEqual([]);
    expect(inbound(aws, 'web')).toContain('-1 -1--1 198.51.100.0/24');
  });
});

describe('what somebody tightened meanwhile', () => {
  test('stays away, and the page says so', async () => {
    await close(web1);
    remove(23, 25);
    const which = await ended();
    expect((await planOf(which)).reopenings).toEqual([
      expect.stringMatching(
        /^Security group web \(sg-\w+\): opens tcp 22 from 0\.0\.0\.0\/0\. On web-1, web-2\. tcp 23-25 from 0\.0\.0\.0\/0 was removed since and stays closed\.$/,
      ),
    ]);
    expect(await back(which)).toEqual([
      'tcp 23-25 from 0.0.0.0/0 in security group web was removed since, and stays closed.',
    ]);
    expect(inbound(aws, 'web')).toEqual(['tcp 20-22 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
    expect(kept.size).toBe(0);
  });

  test('comes back where that is chosen', async () => {
    await close(web1);
    remove(23, 25);
    const which = { ...(await ended()), whole: true };
    expect((await planOf(which)).reopenings[0]).toContain('opens tcp 22-25 from 0.0.0.0/0');
    expect(await back(which)).toEqual([]);
    expect(inbound(aws, 'web')).toEqual(['tcp 20-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
  });

  test('a rule of which nothing is left is not put back, and stays listed', async () => {
    await close(web1);
    remove(20, 21);
    remove(23, 25);
    const which = await ended();
    const [id] = kept.keys();
    const note = `tcp 20-25 from 0.0.0.0/0 in security group web is not put back: all that a lockdown left of it was removed since. \`/jit restore ${id} everything\` brings it back.`;
    expect(await planOf(which)).toEqual({ reopenings: [], stays: [note] });
    expect(await back(which)).toEqual([note]);
    expect(inbound(aws, 'web')).toEqual(['tcp 443-443 0.0.0.0/0']);
    expect(await back({ records: [id ?? ''], whole: true })).toEqual([]);
    expect(inbound(aws, 'web')).toEqual(['tcp 20-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
  });

  test('of all traffic, one protocol stays away', async () => {
    remove(20, 25);
    aws.sim.human.addRule('web', { protocol: '-1', source: '0.0.0.0/0' });
    await close(web1);
    remove(0, 65_535);
    await back(await ended());
    expect(inbound(aws, 'web')).toEqual(['icmp -1--1 0.0.0.0/0', 'tcp 0-65535 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
  });

  test('closing more of the same rule brings nothing back', async () => {
    await close(web1, [{ number: 22, protocol: 'tcp' }]);
    remove(23, 25);
    aws.sim.human.addRule('web', { port: 3389, source: '0.0.0.0/0' });
    const ports: readonly Port[] = [20, 22].map((number) => ({ number, protocol: 'tcp' }));
    await aws.adapter.lockDown({ machine: web2, ports, how: 'close' }, undo, never);
    expect(inbound(aws, 'web').filter((one) => one.startsWith('tcp 2'))).toEqual(['tcp 21-21 0.0.0.0/0']);
  });

  test('what somebody opened again is nothing that would be opened', async () => {
    await close(web1);
    aws.sim.human.addRule('web', { port: 22, source: '0.0.0.0/0' });
    expect(await planOf(await ended())).toEqual({ reopenings: [], stays: [] });
  });
});

describe('the page of putting back', () => {
  test('says what waits for others, and writes nothing', async () => {
    await close(web1);
    await close(web2);
    const which = await ended();
    const before = aws.mutations();
    expect(await planOf(which)).toEqual({
      reopenings: [],
      stays: ['22 in security group web stays closed while web-2 is protected.'],
    });
    expect(aws.mutations()).toBe(before);
  });

  test.each([
    ['0.0.0.0/0', true],
    ['::/0', true],
    ['128.0.0.0/1', true],
    ['203.0.113.0/23', true],
    ['203.0.113.0/28', false],
    ['10.0.0.0/8', false],
    ['fd00::/8', false],
    ['2001:db8::/32', true],
  ])('%s is public: %s', async (source, isPublic) => {
    remove(20, 25);
    aws.sim.human.addRule('web', { port: 22, source });
    await close(web1);
    const { reopenings } = await aws.adapter.planPutBack(await ended(), undo, never);
    expect(reopenings).toMatchObject([{ isPublic }]);
  });

  test('of a copy it is what the group lets in and the copy does not', async () => {
    await aws.adapter.protect(web1, PROTECTION, never);
    await aws.adapter.lockDown({ machine: web1, ports: PORTS, how: 'copy' }, undo, never);
    aws.sim.human.addRule('web', { port: 8_443, source: '10.0.0.0/8' });
    expect((await planOf(await ended())).reopenings).toEqual([
      expect.stringMatching(
        /^Security group web \(sg-\w+\): comes back in place of its copy, and opens tcp 22 from 0\.0\.0\.0\/0, tcp 8443 from 10\.0\.0\.0\/8\. On web-1\.$/,
      ),
    ]);
  });

  test('a machine that is gone does not keep its records from being put back', async () => {
    await close(web1);
    aws.sim.human.terminate(web1.slice(web1.lastIndexOf(':') + 1));
    const records = [...kept.keys()];
    expect((await planOf({ records })).reopenings).toHaveLength(1);
    expect(await back({ records })).toEqual([]);
    expect(inbound(aws, 'web')).toEqual(['tcp 20-25 0.0.0.0/0', 'tcp 443-443 0.0.0.0/0']);
  });
});

describe('a copy', () => {
  const [SSH, RDP] = PORTS as readonly [Port, Port];
  const copyOf = (machine: MachineId) => groupsOn(aws, machine).find((name) => name?.includes('-copy-')) ?? '';
  const copied = async (ports: readonly Port[]) => {
    await aws.adapter.protect(web1, PROTECTION, never);
    await aws.adapter.lockDown({ machine: web1, ports, how: 'copy' }, undo, never);
  };
  beforeEach(() => void aws.sim.human.addRule('web', { port: 3389, source: '10.0.0.0/8' }));

  test('that gets a port back says before what it opens', async () => {
    await copied(PORTS);
    await aws.adapter.unprotect(web1, never, [RDP]);
    const plan = await planOf({ machine: web1 });
    expect(plan.reopenings).toEqual([expect.stringContaining('opens tcp 3389 from 10.0.0.0/8 in its copy. On web-1.')]);
    expect(plan.stays).toEqual(['22 in security group web stays closed while web-1 is protected.']);
    expect(await back({ machine: web1 })).toEqual(plan.stays);
    expect(inbound(aws, copyOf(web1))).toContain('tcp 3389-3389 10.0.0.0/8');
    expect(inbound(aws, copyOf(web1))).not.toContain('tcp 20-25 0.0.0.0/0');
  });

  test('gets nothing new while all that it keeps closed is needed', async () => {
    await copied(PORTS);
    aws.sim.human.addRule('web', { port: 8_443, source: '0.0.0.0/0' });
    const before = inbound(aws, copyOf(web1));
    expect(await planOf({ machine: web1 })).toMatchObject({ reopenings: [] });
    await back({ machine: web1 });
    expect(inbound(aws, copyOf(web1))).toEqual(before);
  });

  test('gets nothing new when more is closed in it', async () => {
    await copied([SSH]);
    aws.sim.human.addRule('web', { port: 8_443, source: '0.0.0.0/0' });
    const before = inbound(aws, copyOf(web1));
    await copied(PORTS);
    expect(inbound(aws, copyOf(web1))).toEqual(before.filter((one) => !one.startsWith('tcp 3389')));
  });
});
