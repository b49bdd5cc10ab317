import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultMachines, type MachineSpec } from '../../../simulators/azure/machines.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import type { EffectivePort, Placement } from '../../../src/core/rule/rule.ts';
import { go, never, openOne, ours, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';

const [SUBNET, NIC] = ['subnet-web-nsg', 'web-1-nsg'] as const;
const EFFECTIVE = 'NetworkInterfaces_ListEffectiveNetworkSecurityGroups';
const everybody = { name: 'everybody', priority: 300, source: '*', ports: '22' } as const;
/** One machine with two interfaces, each in front of a group of its own. */
const twoLegs: MachineSpec = {
  name: 'legs-1',
  interfaces: [
    { privateIps: ['10.0.3.4', '10.0.3.5'], subnet: 'front', nicNsg: 'front-nsg' },
    { privateIps: ['10.0.4.4'], subnet: 'back', nicNsg: 'back-nsg' },
  ],
};

const ofBothFamilies: MachineSpec = {
  name: 'both-1',
  interfaces: [{ privateIps: ['10.0.5.4', 'fd00:db8:0:5::4'], subnet: 'both', nicNsg: 'both-nsg' }],
};

const guardedInSixAlone: MachineSpec = {
  name: 'mixed-1',
  interfaces: [
    { privateIps: ['fd00:db8:0:6::4'], subnet: 'six', nicNsg: 'six-nsg' },
    { privateIps: ['10.0.7.4'], subnet: 'bare' },
  ],
};

let azure: AzureHarness;
beforeEach(async () => {
  azure = await azureHarness({ machines: [...defaultMachines, twoLegs, ofBothFamilies, guardedInSixAlone] });
});
afterEach(() => azure.stop());

const observe = (...placements: readonly Placement[]) => azure.adapter.observe(azure.machine, placements, never);
const opened = async (number = 22) => {
  const placed = await placeOne(azure, rule(azure.machine, number));
  return (await openOne(azure, placed, azure.now() + HOUR_MS)).placement;
};
const close = (...placements: readonly Placement[]) => azure.adapter.close(placements, never, go);
const idOf = (group: string) =>
  azure.sim
    .state()
    .nsgs.find(({ name }) => name === group)
    ?.id.toLowerCase();
test('says the addresses of a machine, and which have a group in front of them', async () => {
  const addressesOf = async (name: string) => {
    const machine = (await azure.adapter.machines(never)).all.find((one) => one.name === name);
    return (await azure.adapter.look(machine?.id ?? azure.machine, never)).addresses;
  };
  expect(await addressesOf('both-1')).toEqual([
    { address: '10.0.5.4', isPublic: false, isServed: true },
    { address: 'fd00:db8:0:5::4', isPublic: false, isServed: true },
  ]);
  expect(await addressesOf('mixed-1')).toEqual([
    { address: 'fd00:db8:0:6::4', isPublic: false, isServed: true },
    { address: '10.0.7.4', isPublic: false, isServed: false },
  ]);
});

test('tells a machine that was made anew under its name from the one before', async () => {
  const identity = async () => (await azure.adapter.look(azure.machine, never)).identity;
  const before = await identity();
  expect(await identity()).toBe(before);
  azure.sim.human.remakeVm(azure.machine.split('/').at(-1) ?? '');
  expect(await identity()).not.toBe(before);
});

const standing = async () => (await azure.adapter.look(azure.machine, never)).standing;

describe('reading back', () => {
  test('finds a rule in both groups in front of a machine, and says where', async () => {
    const placement = await opened();
    const seen = ours(await observe(placement), placement);
    expect(seen?.placement.detail).toMatchObject({ groups: [idOf(SUBNET), idOf(NIC)], addresses: ['10.0.0.4'] });
  });

  test.each([
    ['subnet', SUBNET],
    ['interface', NIC],
  ])('does not take the rule of one group for a whole one (the %s’s is missing)', async (_, group) => {
    const placement = await opened();
    azure.sim.human.removeRule(group, azure.allowsIn(group)[0] ?? '');
    const seen = ours(await observe(placement), placement);
    expect(seen).toMatchObject({ mark: 'valid', fixedEnd: true });
    expect(seen).not.toHaveProperty('until');
    await close(placement);
    expect(azure.rulesLeft()).toEqual([]);
  });

  test('finds and closes a rule in a group that the machine no longer has', async () => {
    const placement = await opened();
    azure.sim.human.setNicNsg('web-1-nic', undefined);
    expect(ours(await observe(placement), placement)).toBeDefined();
    azure.sim.human.deleteNsg(SUBNET);
    expect(ours(await observe(placement), placement)).toBeDefined();
    await close(placement);
    expect(azure.rulesLeft()).toEqual([]);
  });

  test('finds rules in front of every address of every interface', async () => {
    const machine = azure.idOf('legs-1');
    await azure.adapter.protect(machine, PROTECTION, never);
    const placed = await placeOne(azure, rule(machine));
    const { placement } = await openOne(azure, placed, azure.now() + HOUR_MS);
    expect([azure.allowsIn('front-nsg').length, azure.allowsIn('back-nsg').length]).toEqual([2, 1]);
    const seen = await azure.adapter.observe(machine, [placement], never);
    expect(seen.ours).toMatchObject([
      { mark: 'valid', placement: { detail: { addresses: ['10.0.3.4', '10.0.3.5', '10.0.4.4'] } } },
    ]);
    await close(placement);
    expect([azure.allowsIn('front-nsg'), azure.allowsIn('back-nsg')]).toEqual([[], []]);
  });

  test('of the rules that are there does not ask the platform what is in effect', async () => {
    const placement = await opened();
    const before = azure.sim.log().length;
    await observe(placement);
    expect(new Set(azure.callsSince(before))).toEqual(
      new Set([
        'VirtualMachines_Get',
        'NetworkInterfaces_Get',
        'Subnets_Get',
        'NetworkSecurityGroups_Get',
        'JitNetworkAccessPolicies_Get',
      ]),
    );
  });

  test('after a close asks the platform for the proof', async () => {
    const placement = await opened();
    await close(placement);
    const before = azure.sim.log().length;
    expect((await observe(placement)).effective).toEqual([{ port: placement.rule.port, state: 'closed' }]);
    expect(azure.callsSince(before)).toContain(EFFECTIVE);
  });

  test('that proves nothing does not ask the platform, which takes its seconds', async () => {
    const placement = await opened();
    await close(placement);
    const before = azure.sim.log().length;
    const { ours: left } = await azure.adapter.observe(azure.machine, [placement], never, false);
    expect(left).toEqual([]);
    expect(azure.callsSince(before)).not.toContain(EFFECTIVE);
  });

  test('of a machine of both families knows that a deny of everybody keeps both out', async () => {
    const machine = azure.idOf('both-1');
    await azure.adapter.protect(machine, PROTECTION, never);
    const placed = await placeOne(azure, rule(machine, 22));
    const { placement } = await openOne(azure, placed, azure.now() + HOUR_MS);
    await close(placement);
    const { effective } = await azure.adapter.observe(machine, [placement], never);
    expect(effective).toEqual([{ port: placement.rule.port, state: 'closed' }]);
  });

  test('of one closed rule beside an open one proves its port alone', async () => {
    const [ssh, rdp] = [await opened(22), await opened(3389)];
    await close(ssh);
    const seen = await observe(ssh, rdp);
    expect(seen.ours.map(({ placement }) => placement.rule.port.number)).toEqual([3389]);
    expect(seen.effective.map(({ port, state }) => `${port.number} ${state}`)).toEqual(['22 closed', '3389 closed']);
  });
});

describe('the proof', () => {
  const closedOnce = async (): Promise<Placement> => {
    const placement = await opened();
    await close(placement);
    return placement;
  };
  const effective = async (placement: Placement): Promise<EffectivePort | undefined> =>
    (await observe(placement)).effective[0];

  test('waits for an answer that takes its time', async () => {
    const placement = await closedOnce();
    azure.sim.behaviour.operationMs = 3_000;
    expect(await effective(placement)).toMatchObject({ state: 'closed' });
  });

  test('cannot be had of a machine that is not running, and that is said', async () => {
    const placement = await closedOnce();
    azure.sim.human.stopVm('web-1');
    expect(await effective(placement)).toMatchObject({
      state: 'unknown',
      through: expect.stringMatching(/not running/),
    });
  });

  test.each([
    ['may not be had', { kind: 'error', status: 403, code: 'AuthorizationFailed' }],
    ['never comes', { kind: 'reset' }],
    ['is refused', { kind: 'error', status: 409, code: 'OperationNotAllowed' }],
  ] as const)('that %s is not called closed', async (_, fault) => {
    const placement = await closedOnce();
    azure.sim.faults.add(EFFECTIVE, fault, Number.POSITIVE_INFINITY);
    expect(await effective(placement)).toMatchObject({
      state: 'unknown',
      through: expect.stringMatching(/did not tell/),
    });
    expect(azure.log.lines).toContain('the effective rules of a machine could not be read');
  });

  test('is asked for later when Azure is busy', async () => {
    const placement = await closedOnce();
    azure.sim.faults.add(EFFECTIVE, { kind: 'throttle', retryAfterSeconds: 4 });
    await expect(effective(placement)).rejects.toMatchObject({ code: 'cloudBusy', retryAfterMs: 4_000 });
  });

  test('is not asked for where the groups say that the port is open', async () => {
    const placement = await closedOnce();
    await azure.openByHand(azure.machine, 22);
    const before = azure.sim.log().length;
    expect(await effective(placement)).toMatchObject({ state: 'open', through: 'by-hand-22' });
    expect(azure.callsSince(before)).not.toContain(EFFECTIVE);
  });
});

describe('what keeps a port open', () => {
  const add = (group: string, spec: Partial<Parameters<AzureHarness['sim']['human']['addRule']>[1]> = {}) =>
    azure.sim.human.addRule(group, { ...everybody, ...spec });

  test('must be let through by both groups', async () => {
    add(SUBNET);
    expect(await standing()).toEqual([]);
    add(NIC, { name: 'office', source: '198.51.100.0/24' });
    expect(await standing()).toEqual([
      { port: { number: 22, protocol: 'tcp' }, source: '198.51.100.0/24', through: 'office' },
    ]);
  });

  test('is told of the other protected ports too, and of no others', async () => {
    for (const group of [SUBNET, NIC]) add(group, { ports: ['443', '3000-4000'] });
    expect((await standing()).map(({ port }) => port.number)).toEqual([3389]);
  });

  test('is nothing once a deny of the customer comes first', async () => {
    for (const group of [SUBNET, NIC]) add(group);
    add(NIC, { name: 'nobody', priority: 299, access: 'Deny' });
    expect(await standing()).toEqual([]);
  });

  test('is all there is when nothing protects any more', async () => {
    azure.sim.human.deleteNsg(SUBNET);
    azure.sim.human.deleteNsg(NIC);
    expect((await standing()).map(({ through }) => through)).toEqual(
      PROTECTION.ports.map(() => 'no network security group'),
    );
  });

  test('is looked for at the management ports where none are protected', async () => {
    const { protection, standing: open } = await azure.adapter.look(azure.exposed, never);
    expect(protection).toBeUndefined();
    expect(open).toContainEqual({
      port: { number: 22, protocol: 'tcp' },
      source: '0.0.0.0/0',
      through: 'allow-ssh-office',
    });
  });

  test('is not what we opened ourselves, and is what somebody asked for in the portal', async () => {
    await opened(22);
    expect(await standing()).toEqual([]);
    azure.askInPortal(3389, '203.0.113.9', 30);
    expect((await standing()).map(({ port, source }) => `${port.number} ${source}`)).toEqual(['3389 203.0.113.9']);
  });
});

describe('whether open sessions are cut when a rule goes', () => {
  const cuts = async (name: string) => {
    const machine = (await azure.adapter.machines(never)).all.find((one) => one.name === name);
    return (await azure.adapter.look(machine?.id ?? azure.machine, never)).cutsSessions ?? false;
  };

  test('one group of an interface is enough', async () => {
    expect(await cuts('web-1')).toBe(false);
    azure.sim.human.setFlushConnection(SUBNET, true);
    expect(await cuts('web-1')).toBe(true);
    azure.sim.human.setFlushConnection(SUBNET, false);
    azure.sim.human.setFlushConnection(NIC, true);
    expect(await cuts('web-1')).toBe(true);
  });

  test('each interface must have one', async () => {
    azure.sim.human.setFlushConnection('front-nsg', true);
    expect(await cuts('legs-1')).toBe(false);
    azure.sim.human.setFlushConnection('back-nsg', true);
    expect(await cuts('legs-1')).toBe(true);
  });
});
