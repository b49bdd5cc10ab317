import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { MANAGEMENT_PORTS } from '../../../src/core/rule/port.ts';
import type { Protection } from '../../../src/ports/cloud.ts';
import { never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';

const [GET, PUT] = ['JitNetworkAccessPolicies_Get', 'JitNetworkAccessPolicies_CreateOrUpdate'];
const LISTS = /^JitNetworkAccessPolicies_List/;
const NOT_FOUND = { kind: 'error', status: 404, code: 'ResourceNotFound' } as const;
const USUAL: Protection = {
  ports: MANAGEMENT_PORTS.map((port) => ({ port, sources: [], longestMs: 3 * HOUR_MS })),
};

let azure: AzureHarness;
beforeEach(async () => {
  azure = await azureHarness();
  azure.advance(HOUR_MS);
});
afterEach(() => azure.stop());

const protect = (name: string, protection = USUAL) => azure.adapter.protect(azure.idOf(name), protection, never);
const policy = () => azure.sim.state().policies.find(({ name }) => name === 'default');
const machinesIn = () => policy()?.machines.map(({ id }) => id.slice(id.lastIndexOf('/') + 1));
const entryIn = (name: string) => policy()?.machines.find(({ id }) => id.endsWith(`/${name}`));
const writes = () => azure.callsSince(0).filter((operation) => operation === PUT).length;
/** Reads like these show what was there an hour and more ago: no policy at all. */
const stale = (operation: string | RegExp, ms = 2 * HOUR_MS) =>
  azure.sim.faults.add(operation, { kind: 'stale', ms }, Number.POSITIVE_INFINITY);
/** Does something after each of our writes, before it is read back. */
function afterWrites(work: () => void, times = 1): void {
  let left = times;
  let seen = azure.sim.log().length;
  azure.sim.onChange(() => {
    const since = azure.sim.log().slice(seen);
    seen = azure.sim.log().length;
    if (left === 0 || !since.some(({ operation, status }) => operation === PUT && status === 200)) return;
    left -= 1;
    work();
  });
}
/** Somebody writes the policy at the same moment, with other machines. */
const without = (name: string) =>
  azure.sim.human.editPolicy('default', (before) => ({
    ...before,
    virtualMachines: before.virtualMachines.filter(({ id }) => !id.endsWith(`/${name}`)),
  }));

describe('a policy that is there is never taken for none', () => {
  test('when it was listed and its own reading says that it is not there', async () => {
    const before = writes();
    azure.sim.faults.add(GET, NOT_FOUND);
    await expect(protect('db-1')).rejects.toMatchObject({ code: 'policyUnclear', kind: 'busy' });
    expect([writes(), machinesIn()]).toEqual([before, ['web-1']]);
    await protect('db-1');
    expect(machinesIn()).toEqual(['web-1', 'db-1']);
  });

  test('when no reading shows it, but rules that Defender wrote for a machine in it stand', async () => {
    const before = writes();
    stale(LISTS);
    azure.sim.faults.add(GET, NOT_FOUND, Number.POSITIVE_INFINITY);
    await expect(protect('db-1')).rejects.toMatchObject({
      code: 'policyUnclear',
      say: expect.stringContaining('MicrosoftDefenderForCloud-JITRule_'),
    });
    expect(writes()).toBe(before);
  });

  test('when its own reading is older than the list, and lacks machines', async () => {
    await protect('db-1');
    const before = writes();
    stale(GET, HOUR_MS / 2);
    await expect(protect('jump-1')).rejects.toMatchObject({ code: 'policyUnclear' });
    await expect(azure.adapter.unprotect(azure.machine, never)).rejects.toMatchObject({ code: 'policyUnclear' });
    expect([writes(), machinesIn()]).toEqual([before, ['web-1', 'db-1']]);
  });

  test('when a machine is taken out of it and no list shows it', async () => {
    stale(LISTS);
    await expect(azure.adapter.unprotect(azure.machine, never)).rejects.toMatchObject({ code: 'policyUnclear' });
    expect(machinesIn()).toEqual(['web-1']);
  });

  test('and a list that is too old is made up for by the policy itself', async () => {
    stale(LISTS);
    await protect('db-1');
    expect(machinesIn()).toEqual(['web-1', 'db-1']);
  });

  test('while the first of a resource group is written where there is none', async () => {
    await azure.adapter.unprotect(azure.machine, never);
    expect(policy()).toBeUndefined();
    await protect('db-1');
    expect(machinesIn()).toEqual(['db-1']);
  });
});

describe('a policy that is written keeps', () => {
  test('what is not understood in it', async () => {
    azure.sim.human.editPolicy('default', (before) => ({
      ...before,
      appendMode: true,
      virtualMachines: before.virtualMachines.map((vm) => ({
        ...vm,
        appendMode: true,
        ports: vm.ports.map((port) => ({ ...port, appendMode: true })),
      })),
    }));
    const kept = () => ({
      policy: policy()?.appendMode,
      machine: entryIn('web-1')?.appendMode,
      ports: entryIn('web-1')?.ports.map(({ number, appendMode }) => `${number} ${appendMode}`),
    });
    const ports = ['22 true', '3389 true'];
    await protect('db-1');
    expect(kept()).toEqual({ policy: true, machine: true, ports });
    // Another limit for one port, then one port less.
    await protect('web-1', { ports: USUAL.ports.filter(({ port }) => port.number === 22) });
    expect(kept()).toEqual({ policy: true, machine: true, ports: ['3389 true', '22 true'] });
    await azure.adapter.unprotect(azure.machine, never, [{ number: 22, protocol: 'tcp' }]);
    expect(kept()).toEqual({ policy: true, machine: true, ports: ['3389 true'] });
  });

  test('every other machine and its live records: what somebody’s write at the same moment took is put back, and said', async () => {
    const { placement } = await openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
    afterWrites(() => {
      without('web-1');
      azure.sim.human.forgetRecords('default');
    });
    await protect('db-1');
    expect(machinesIn()?.sort()).toEqual(['db-1', 'web-1']);
    expect(entryIn('web-1')?.ports.map(({ number }) => number)).toEqual(
      PROTECTION.ports.map(({ port }) => port.number),
    );
    expect(policy()?.requests.map(({ hidden }) => hidden)).toEqual([false]);
    expect(azure.log.lines).toContain('a policy lost what it held when it was written, and it is put back');
    const [found] = await Array.fromAsync(azure.adapter.patrol(never));
    // The rule went with the machine; it is for the next look to open it again.
    expect([found, placement.at.endsWith('/default')]).toEqual([undefined, true]);
  });

  test('or it is said what is lost', async () => {
    afterWrites(() => without('web-1'), Number.POSITIVE_INFINITY);
    await expect(protect('db-1')).rejects.toMatchObject({
      code: 'policyLost',
      say: expect.stringContaining('web-1'),
    });
  });

  test('a reading that is too old is not taken for a loss', async () => {
    await protect('db-1');
    azure.advance(SECOND_MS);
    afterWrites(() => azure.sim.faults.add(GET, { kind: 'stale', ms: HOUR_MS / 4 }));
    azure.advance(10 * SECOND_MS);
    await protect('jump-1');
    expect(machinesIn()).toEqual(['web-1', 'db-1', 'jump-1']);
    expect(azure.log.lines).toEqual([]);
  });
});
