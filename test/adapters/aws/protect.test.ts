import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../../src/core/machine/machine.ts';
import type { Protection } from '../../../src/ports/cloud.ts';
import { never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, INSTALLATION, PROTECTION, realRules } from './harness.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const protect = (protection: Protection = PROTECTION) => aws.adapter.protect(aws.exposed, protection, never);
const instance = () => aws.exposed.slice(aws.exposed.lastIndexOf(':') + 1);
const ourGroup = () => aws.sim.state().groups.find(({ name }) => name === `drawbridge-${INSTALLATION}-${instance()}`);
const nic = () => {
  const found = aws.sim.state().interfaces.find(({ instanceId }) => instanceId === instance());
  if (!found) throw new Error('no interface');
  return found;
};
const nameOf = (id: string) => aws.sim.state().groups.find((group) => group.id === id)?.name;

describe('protecting', () => {
  test('attaches the group to the interface with the address, not to the first one of another network card', async () => {
    aws.sim.human.launch({
      name: 'hpc-1',
      privateIp: '10.1.0.60',
      groups: [{ name: 'hpc' }],
      moreInterfaces: [{ privateIp: '', type: 'efa-only', card: 1, groups: [{ name: 'hpc' }] }],
    });
    const machine = aws.idOf('hpc-1');
    await aws.adapter.protect(machine, PROTECTION, never);
    const mine = aws.sim.state().interfaces.filter(({ instanceId }) => machine.endsWith(instanceId));
    expect(mine.map(({ privateIp, groups }) => [privateIp, groups.length]).sort()).toEqual([
      ['', 1],
      ['10.1.0.60', 2],
    ]);
    expect((await aws.adapter.look(machine, never)).protection).toEqual(PROTECTION);
  });

  test('makes one tagged group without a way out, and attaches it beside the others', async () => {
    const { standing, protection } = await protect();
    expect(ourGroup()).toMatchObject({
      tags: {
        'drawbridge:installation': INSTALLATION,
        'drawbridge:machine': aws.exposed,
        'drawbridge:protection': '22=86400s 3389=86400s',
      },
    });
    expect(realRules(ourGroup()?.rules)).toEqual([]);
    expect(nic().groups.map(nameOf)).toEqual(['launch-wizard-1', ourGroup()?.name]);
    expect(protection).toEqual(PROTECTION);
    expect(standing).toEqual([
      { port: { number: 22, protocol: 'tcp' }, source: '0.0.0.0/0', through: 'launch-wizard-1' },
    ]);
  });

  test('is done as the onboarder, and opening as the operator', async () => {
    const callers = (action: string) => {
      const calls = aws.sim.log().filter((call) => call.action === action);
      return [...new Set(calls.map(({ caller }) => caller?.split('/')[1]))];
    };
    await protect();
    await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
    expect(callers('CreateSecurityGroup')).toEqual(['drawbridge-onboarder']);
    expect(callers('ModifyNetworkInterfaceAttribute')).toEqual(['drawbridge-onboarder']);
    expect(callers('AuthorizeSecurityGroupIngress')).toEqual(['drawbridge-operator']);
  });

  test('again changes nothing', async () => {
    await protect();
    const before = aws.mutations();
    await protect();
    expect(aws.mutations()).toBe(before);
  });

  test('writes ports with their limits beside what is there', async () => {
    await protect();
    const ssh = { port: { number: 22, protocol: 'tcp' as const }, sources: [], longestMs: HOUR_MS };
    const dns = { port: { number: 53, protocol: 'udp' as const }, sources: ['192.0.2.0/24'], longestMs: HOUR_MS };
    const { protection } = await protect({ ports: [ssh, dns] });
    const rest = PROTECTION.ports.filter(({ port }) => port.number !== 22);
    expect(protection?.ports).toEqual([...rest, ssh, dns]);
  });

  test('attaches the group again when somebody took it off', async () => {
    await protect();
    aws.sim.human.editGroups(nic().id, ['launch-wizard-1']);
    expect((await aws.adapter.look(aws.exposed, never)).protection).toBeUndefined();
    expect((await protect()).protection).toEqual(PROTECTION);
  });

  test.each(['CreateSecurityGroup', 'RevokeSecurityGroupEgress', 'ModifyNetworkInterfaceAttribute'])(
    'gets over a lost reply to %s',
    async (action) => {
      aws.sim.faults.add(action, { kind: 'lostReply' }, 1);
      expect((await protect()).protection).toEqual(PROTECTION);
      expect(realRules(ourGroup()?.rules)).toEqual([]);
      expect(aws.sim.state().groups.filter(({ name }) => name === ourGroup()?.name)).toHaveLength(1);
    },
  );

  test('waits until a new group is known everywhere', async () => {
    aws.sim.setReadLag(3 * SECOND_MS);
    expect((await protect()).protection).toEqual(PROTECTION);
    expect(realRules(ourGroup()?.rules)).toEqual([]);
  });

  test('ends when it is aborted on the way', async () => {
    await expect(aws.adapter.protect(aws.exposed, PROTECTION, AbortSignal.abort())).rejects.toThrow();
    expect(ourGroup()).toBeUndefined();
  });

  test('says at once when it may not make groups', async () => {
    const denied = { kind: 'error', status: 403, code: 'UnauthorizedOperation' } as const;
    aws.sim.faults.add('CreateSecurityGroup', denied, 1);
    await expect(protect()).rejects.toMatchObject({ code: 'cloudDenied' });
  });

  test('refuses a name that somebody else took', async () => {
    await protect();
    aws.sim.human.setTags(ourGroup()?.id ?? '', {});
    await expect(protect()).rejects.toMatchObject({ say: 'AWS refused the call: GroupNameTaken.' });
  });

  test('refuses when an interface has no room for one more group', async () => {
    const full = await awsHarness({ quotas: { groupsPerInterface: 2 } });
    try {
      await full.adapter.protect(full.exposed, PROTECTION, never);
      const groups = full.sim.state().groups.filter(({ name }) => !name.startsWith('drawbridge-'));
      const api = full.sim.state().interfaces.find(({ groups: of }) => of.length === 2);
      full.sim.human.editGroups(
        api?.id ?? '',
        groups.slice(0, 2).map(({ id }) => id),
      );
      const machine = api?.instanceId === full.exposed.slice(-19) ? full.exposed : full.machine;
      const before = full.mutations();
      await expect(full.adapter.protect(machine, PROTECTION, never)).rejects.toMatchObject({
        code: 'interfaceFull',
        say: expect.stringContaining('it has 2, and AWS allows 2'),
      });
      expect(full.mutations()).toBe(before);
    } finally {
      await full.stop();
    }
  });

  test('refuses more sources than a tag can hold', async () => {
    const sources = Array.from({ length: 30 }, (_, i) => `192.0.2.${i}/32`);
    const long = { ports: [{ port: { number: 22, protocol: 'tcp' as const }, sources, longestMs: HOUR_MS }] };
    await expect(protect(long)).rejects.toMatchObject({
      code: 'protectionTooLong',
      say: expect.stringContaining('AWS keeps them in 256 characters, and they take'),
    });
    expect(ourGroup()).toBeUndefined();
  });

  test('refuses more ports than a tag can hold', async () => {
    const ports = Array.from({ length: 60 }, (_, i) => ({
      port: { number: 8000 + i, protocol: 'tcp' as const },
      sources: [],
      longestMs: HOUR_MS,
    }));
    await expect(protect({ ports })).rejects.toMatchObject({
      code: 'protectionTooLong',
      say: expect.stringMatching(/^60 ports with their limits are too many/),
    });
    expect(ourGroup()).toBeUndefined();
  });

  test('refuses a machine that is gone', async () => {
    await aws.deleteMachine(aws.exposed);
    await expect(protect()).rejects.toMatchObject({ code: 'machineGone' });
  });

  test('whose tag cannot be read counts as none, and is put right by protecting again', async () => {
    await protect();
    const group = ourGroup();
    aws.sim.human.setTags(group?.id ?? '', { ...group?.tags, 'drawbridge:protection': '22=for ever' });
    expect((await aws.adapter.look(aws.exposed, never)).protection).toBeUndefined();
    expect(aws.log.lines).toContain('the protection of a machine cannot be read');
    expect((await protect()).protection).toEqual(PROTECTION);
  });
});

describe('what is locked while machines of one account are protected', () => {
  const at = (region: string, n: number) =>
    machineId('aws', `123456789012:${region}:i-0123456789abcdef${n}`) as MachineId;

  test('is each machine for itself; what they may share only while others’ rules are edited', async () => {
    const { adapter } = aws;
    const [one, two, away] = [at('eu-west-1', 1), at('eu-west-1', 2), at('us-east-1', 1)];
    expect(new Set(await Promise.all([one, two, away].map((id) => adapter.protectKey(id, never)))).size).toBe(3);
    expect(adapter.lockdownKey?.(one)).toBe(adapter.lockdownKey?.(two));
    expect(adapter.lockdownKey?.(one)).not.toBe(adapter.lockdownKey?.(away));
  });
});
