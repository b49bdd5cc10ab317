import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/core/machine/machine.ts';
import { differencesOf, heldPorts } from '../../src/core/policy/held.ts';
import { type MachinesMeant, meansMachine } from '../../src/core/policy/machines.ts';
import type { ProtectionEntry } from '../../src/core/policy/policy.ts';

const EC2: Machine = {
  id: 'aws:123456789012:eu-west-1:i-0123456789abcdef0',
  name: 'web-1',
  tags: { env: 'prod' },
  location: '123456789012, eu-west-1',
};
const SUBSCRIPTION = '11112222-3333-4444-5555-66667777888a';
const VM: Machine = {
  id: `azure:/subscriptions/${SUBSCRIPTION}/resourcegroups/rg-prod/providers/microsoft.compute/virtualmachines/web-1`,
  name: 'web-1',
  tags: {},
  location: 'rg-prod, westeurope',
  region: 'westeurope',
};

const held = (machines: Partial<MachinesMeant>): MachinesMeant => ({ names: [], tags: {}, ...machines });
const at = (number: number, longestMs = 3_600_000) => ({
  port: { number, protocol: 'tcp' as const },
  sources: [],
  longestMs,
});
const entry = (name: string, ports: readonly number[], machines: Partial<MachinesMeant> = {}): ProtectionEntry => ({
  name,
  machines: held(machines),
  ports: ports.map((port) => at(port)),
});

describe('the machines that an entry means', () => {
  it.each<[Partial<MachinesMeant>, readonly Machine[]]>([
    [{ names: ['WEB-*'] }, [EC2, VM]],
    [{ cloud: 'aws' }, [EC2]],
    [{ account: '123456789012' }, [EC2]],
    [{ account: '210987654321' }, []],
    [{ region: 'eu-west-1' }, [EC2]],
    [{ region: 'westeurope' }, [VM]],
    [{ subscription: SUBSCRIPTION.toUpperCase() }, [VM]],
    [{ group: 'RG-*' }, [VM]],
    [{ group: 'rg' }, []],
    [{ group: 'rg-prod', region: 'eu-west-1' }, []],
    [{ region: 'eu-west-1', tags: { env: 'test' } }, []],
  ])('%o', (machines, meant) => {
    expect([EC2, VM].filter((machine) => meansMachine(held(machines), machine))).toEqual(meant);
  });
});

describe('the ports that are to be protected', () => {
  it('come from all entries of the machine; of two for a port the first counts', () => {
    const entries = [entry('a', [22], { cloud: 'azure' }), entry('b', [22, 3389]), entry('c', [3389, 5985])];
    const names = heldPorts(entries, EC2).map((one) => `${one.entry} ${one.port.port.number}`);
    expect(names).toEqual(['b 22', 'b 3389', 'c 5985']);
  });

  it('are missing, or protected otherwise, by their number; others are nobody’s business', () => {
    const wanted = heldPorts([entry('a', [22, 53, 3389, 5985])], EC2);
    const udp = { ...at(53), port: { number: 53, protocol: 'udp' as const } };
    const own = { ports: [at(22, 60_000), udp, at(3389), at(8443)] };
    const { missing, otherwise } = differencesOf(wanted, own);
    expect(missing.map(({ port }) => port.port.number)).toEqual([5985]);
    expect(otherwise.map(({ port }) => port.port.number)).toEqual([22, 53]);
    expect(differencesOf(wanted, undefined).missing).toEqual(wanted);
  });
});
