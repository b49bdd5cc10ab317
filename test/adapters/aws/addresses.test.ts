import { afterEach, describe, expect, test } from 'vitest';
import type { StrategyName } from '../../../adapters/aws/settings.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';

let aws: AwsHarness;
afterEach(() => aws.stop());

const looked = async (machine: MachineId) => (await aws.adapter.look(machine, never)).addresses ?? [];
const served = async (machine: MachineId) =>
  (await looked(machine)).filter((one) => one.isServed).map(({ address }) => address);

/** A machine whose first interface is inside alone; others have the public address and the IPv6 one. */
function threeLegs(): MachineId {
  const id = aws.sim.human.launch({
    name: 'three-legs',
    privateIp: '10.1.0.50',
    groups: [{ name: 'front' }],
    moreInterfaces: [
      { privateIp: '10.1.1.50', groups: [{ name: 'back' }] },
      { privateIp: '10.1.1.51', publicIp: '198.51.100.51', groups: [{ name: 'back' }] },
      { privateIp: '10.1.1.52', ipv6: ['2001:db8:1::52'], groups: [{ name: 'back' }] },
      { privateIp: '10.1.1.53', publicIp: '198.51.100.53', ipv6: ['2001:db8:1::53'], groups: [{ name: 'back' }] },
    ],
  });
  return `aws:${aws.sim.accountId}:${aws.sim.region}:${id}`;
}

/** Private addresses of the interfaces that a lease for this source lets in. */
async function openedOn(machine: MachineId, source: string): Promise<readonly string[]> {
  await openOne(aws, await placeOne(aws, rule(machine, 22, source)), aws.now() + HOUR_MS);
  const { groups, interfaces } = aws.sim.state();
  const holds = groups.filter(({ rules }) => rules.some((one) => one.source === source)).map(({ id }) => id);
  return interfaces.filter((one) => one.groups.some((id) => holds.includes(id))).map(({ privateIp }) => privateIp);
}

describe('the addresses of a machine', () => {
  test('are all of them, and which are public', async () => {
    aws = await awsHarness();
    expect(await looked(aws.machine)).toEqual([
      { address: '198.51.100.10', isPublic: true, isServed: true },
      { address: '10.1.0.10', isPublic: false, isServed: true },
      { address: '2001:db8:1::10', isPublic: true, isServed: true },
    ]);
  });

  test('are not served where the group was never put', async () => {
    aws = await awsHarness();
    const machine = threeLegs();
    await aws.adapter.protect(machine, PROTECTION, never);
    const nic = aws.sim.state().interfaces.find(({ privateIp }) => privateIp === '10.1.1.51');
    aws.sim.human.editGroups(nic?.id ?? '', ['back']);
    expect(await served(machine)).not.toContain('198.51.100.51');
    // Another public address is served neither: nobody gets in from the Internet.
    await expect(placeOne(aws, rule(machine, 22, '203.0.113.7/32'))).rejects.toMatchObject({
      code: 'addressNotServed',
    });
    await aws.adapter.protect(machine, PROTECTION, never);
    expect(await served(machine)).toContain('198.51.100.51');
  });
});

test('a lease that has a group of its own is closed where its address moved meanwhile', async () => {
  aws = await awsHarness({ strategy: 'perRequest' });
  const machine = threeLegs();
  await aws.adapter.protect(machine, PROTECTION, never);
  const { placement } = await openOne(aws, await placeOne(aws, rule(machine, 22)), aws.now() + HOUR_MS);
  aws.sim.human.stop(machine.slice(machine.lastIndexOf(':') + 1));
  expect(await served(machine)).not.toContain('198.51.100.51');
  await aws.adapter.close([placement], never, go);
  const names = aws.sim.state().groups.map(({ name }) => name);
  expect(names.filter((name) => /^drawbridge-test-i-[0-9a-f]+-/.test(name))).toEqual([]);
});

describe.each<StrategyName>(['dedicated', 'perRequest'])('%s opens', (strategy) => {
  test('the interfaces that own the addresses people use, and no other one', async () => {
    aws = await awsHarness({ strategy });
    const machine = threeLegs();
    await aws.adapter.protect(machine, PROTECTION, never);
    expect(await served(machine)).toEqual(['10.1.0.50', '198.51.100.51', '10.1.1.51', '10.1.1.52', '2001:db8:1::52']);
    expect(await openedOn(machine, '203.0.113.7/32')).toEqual(['10.1.0.50', '10.1.1.51', '10.1.1.52']);
  });

  test('only the first interface where that has every kind of address', async () => {
    aws = await awsHarness({ strategy });
    expect(await openedOn(aws.machine, '203.0.113.7/32')).toEqual(['10.1.0.10']);
  });

  test('nothing for a family that the machine does not have', async () => {
    aws = await awsHarness({ strategy });
    await aws.adapter.protect(aws.exposed, PROTECTION, never);
    await expect(placeOne(aws, rule(aws.exposed, 22, '2001:db8::7/128'))).rejects.toMatchObject({
      say: 'legacy-1 has no IPv6 address, so nobody gets in from 2001:db8::7.',
    });
  });
});
