import type { JitNetworkAccessPolicy, JitNetworkAccessPortRule } from '@azure/arm-security';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultMachines } from '../../../simulators/azure/machines.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { MANAGEMENT_PORTS } from '../../../src/core/rule/port.ts';
import type { ProtectedPort, Protection } from '../../../src/ports/cloud.ts';
import { never, openOne, ours, placeOne } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';

const WRITE = 'JitNetworkAccessPolicies_CreateOrUpdate';
const USUAL: Protection = { ports: MANAGEMENT_PORTS.map((port) => ({ port, sources: [], longestMs: DAY_MS })) };
const udp = { port: { number: 53, protocol: 'udp' }, sources: ['192.0.2.0/24'], longestMs: HOUR_MS } as const;

let azure: AzureHarness;
beforeEach(async () => {
  azure = await azureHarness();
});
afterEach(() => azure.stop());

const protect = (name: string, protection = USUAL) => azure.adapter.protect(azure.idOf(name), protection, never);
const policyOf = (name = 'default') => azure.sim.state().policies.find((policy) => policy.name === name);
const machinesIn = (name?: string) => policyOf(name)?.machines.map(({ id }) => id.slice(id.lastIndexOf('/') + 1));
const entryIn = (machine: string, policy?: string) =>
  policyOf(policy)?.machines.find(({ id }) => id.endsWith(`/${machine}`));
const idOf = (name: string) => azure.sim.state().machines.find((one) => one.name === name)?.id ?? '';
const denies = (group: string) =>
  (azure.sim.state().nsgs.find(({ name }) => name === group)?.rules ?? []).filter(({ access }) => access === 'Deny');
const writes = () => azure.callsSince(0).filter((operation) => operation === WRITE).length;
/** Somebody writes a policy in the portal, or with Microsoft's own scripts. */
const byHand = (name: string, body: Partial<JitNetworkAccessPolicy>) =>
  azure.policies.createOrUpdate('rg-prod', 'westeurope', name, { kind: 'Basic', virtualMachines: [], ...body });
const portRule = (number: number, more: Partial<JitNetworkAccessPortRule> = {}): JitNetworkAccessPortRule => ({
  number,
  protocol: '*',
  maxRequestAccessDuration: 'PT3H',
  ...(more.allowedSourceAddressPrefixes ? {} : { allowedSourceAddressPrefix: '*' }),
  ...more,
});

describe('protecting', () => {
  test('at the usual ports makes Defender close them in every group in front of the machine', async () => {
    const { protection, standing } = await protect('db-1');
    expect(protection).toEqual(USUAL);
    expect(standing).toEqual([]);
    expect(denies('subnet-db-nsg')).toMatchObject([
      { ports: ['22', '3389', '5985', '5986'], sources: ['*'], destinations: ['10.0.1.4'], writer: 'defender' },
    ]);
  });

  test('names each rule that keeps a port open all the same', async () => {
    azure.sim.human.addRule('jump-1-nsg', { name: 'winrm', priority: 310, source: '192.0.2.0/24', ports: '5980-5990' });
    const { standing } = await protect('jump-1');
    expect(standing.map(({ port, source, through }) => `${port.number} ${source} ${through}`)).toEqual([
      '22 0.0.0.0/0 allow-ssh-office',
      '5985 192.0.2.0/24 winrm',
      '5986 192.0.2.0/24 winrm',
    ]);
  });

  test('takes the policy of the resource group and region, and leaves the other machines in it', async () => {
    await protect('db-1');
    await protect('jump-1');
    expect(azure.sim.state().policies.map(({ name, location }) => `${name} ${location}`)).toEqual([
      'default westeurope',
    ]);
    expect(machinesIn()).toEqual(['web-1', 'db-1', 'jump-1']);
    expect(entryIn('web-1')?.ports.map(({ number }) => number)).toEqual([22, 3389]);
  });

  test('again writes nothing', async () => {
    await protect('db-1');
    const before = writes();
    await protect('db-1');
    await protect('web-1', PROTECTION);
    expect(writes()).toBe(before);
  });

  test('writes the records of the policy back', async () => {
    const until = azure.now() + HOUR_MS;
    const { placement } = await openOne(azure, await placeOne(azure), until);
    azure.askInPortal(3389, '203.0.113.9', 30);
    const before = policyOf()?.requests;
    await protect('db-1');
    expect(policyOf()?.requests).toEqual(before);
    expect(before?.map(({ hidden }) => hidden)).toEqual([false, false]);
    expect(ours(await azure.adapter.observe(azure.machine, [placement], never), placement)).toMatchObject({ until });
  });

  test('uses the policy that somebody made for the machine, whatever its name, and leaves what it says', async () => {
    const publicIpAddress = '198.51.100.200';
    const ports = [portRule(22), portRule(8080, { protocol: 'TCP' })];
    await byHand('db-team', { virtualMachines: [{ id: idOf('db-1'), ports, publicIpAddress }] });
    const rdp = PROTECTION.ports.filter(({ port }) => port.number === 3389);
    const { protection } = await protect('db-1', { ports: [...rdp, udp] });
    expect(azure.sim.state().policies.map(({ name }) => name)).toEqual(['default', 'db-team']);
    expect(entryIn('db-1', 'db-team')).toMatchObject({ publicIpAddress, ports: expect.arrayContaining(ports) });
    expect(protection?.ports.map(({ port, longestMs }) => [port.number, longestMs / HOUR_MS])).toEqual([
      [22, 3],
      [8080, 3],
      [3389, 24],
      [53, 1],
    ]);
    const placed = await azure.adapter.locate(
      [{ machine: azure.idOf('db-1'), port: { number: 53, protocol: 'udp' }, source: '192.0.2.7/32' }],
      never,
    );
    expect(placed[0]?.at).toMatch(/\/db-team$/);
  });

  test.each<[string, ProtectedPort, Partial<JitNetworkAccessPortRule>]>([
    [
      'any source, three hours',
      { ...udp, sources: [], longestMs: 3 * HOUR_MS },
      { allowedSourceAddressPrefix: '*', maxRequestAccessDuration: 'PT3H' },
    ],
    [
      'one source, in minutes',
      { ...udp, longestMs: 90 * MINUTE_MS },
      { protocol: 'UDP', allowedSourceAddressPrefix: '192.0.2.0/24', maxRequestAccessDuration: 'PT1H30M' },
    ],
    [
      'several sources',
      { ...udp, sources: ['192.0.2.0/24', '198.51.100.0/24'] },
      { allowedSourceAddressPrefixes: ['192.0.2.0/24', '198.51.100.0/24'] },
    ],
    ['less than Defender’s five minutes', { ...udp, longestMs: MINUTE_MS }, { maxRequestAccessDuration: 'PT5M' }],
    ['more than its day', { ...udp, longestMs: 3 * DAY_MS }, { maxRequestAccessDuration: 'PT24H' }],
  ])('writes a port with %s', async (_, port, wire) => {
    await protect('db-1', { ports: [port] });
    expect(entryIn('db-1')?.ports).toEqual([expect.objectContaining({ number: 53, ...wire })]);
  });

  test.each<[string, JitNetworkAccessPortRule, Partial<ProtectedPort> | undefined]>([
    [
      'the portal’s default',
      portRule(22),
      { port: { number: 22, protocol: 'tcp' }, sources: [], longestMs: 3 * HOUR_MS },
    ],
    [
      'several sources',
      portRule(22, { allowedSourceAddressPrefixes: ['192.0.2.7', '198.51.100.0/24'] }),
      { sources: ['192.0.2.7/32', '198.51.100.0/24'] },
    ],
    ['a day', portRule(22, { maxRequestAccessDuration: 'P1D' }), { longestMs: DAY_MS }],
    ['seconds', portRule(22, { maxRequestAccessDuration: 'PT5M30S' }), { longestMs: 330 * SECOND_MS }],
  ])('reads back a port with %s', async (_, wire, port) => {
    await byHand('by-hand', { virtualMachines: [{ id: idOf('db-1'), ports: [wire] }] });
    const { protection } = await azure.adapter.look(azure.idOf('db-1'), never);
    expect(protection?.ports).toEqual([expect.objectContaining(port)]);
  });
});

describe('protecting on a bad day', () => {
  test('gets over a lost reply', async () => {
    azure.sim.faults.add(WRITE, { kind: 'lostReply' });
    expect((await protect('db-1')).protection).toEqual(USUAL);
    expect(writes()).toBe(2);
    expect(machinesIn()).toEqual(['web-1', 'db-1']);
  });

  test('writes again what somebody else’s write took away at the same moment', async () => {
    azure.sim.faults.add(WRITE, { kind: 'lateLanding', ms: SECOND_MS });
    const mine = { virtualMachines: [{ id: idOf('web-1'), ports: [portRule(443)] }] };
    await expect(byHand('default', mine)).rejects.toThrow();
    const stop = azure.sim.onChange(() => {
      const { operation, method, status } = azure.sim.log().at(-1) ?? {};
      if (operation !== WRITE || method !== 'PUT' || status !== 200) return;
      stop();
      azure.advance(SECOND_MS);
    });
    expect((await protect('db-1')).protection).toEqual(USUAL);
    expect(machinesIn()).toEqual(['web-1', 'db-1']);
    expect(entryIn('web-1')?.ports.map(({ number }) => number)).toEqual([443]);
  });

  test('several machines at once loses none', async () => {
    await Promise.all([protect('db-1'), protect('jump-1'), protect('web-1')]);
    expect(machinesIn()?.sort()).toEqual(['db-1', 'jump-1', 'web-1']);
    // One write for each, after the one of the harness: they take their turns.
    expect(writes()).toBe(4);
    expect(entryIn('web-1')?.ports).toHaveLength(4);
  });

  test.each([
    ['403', { kind: 'error', status: 403, code: 'AuthorizationFailed' }, { code: 'cloudDenied' }],
    ['400', { kind: 'error', status: 400, code: 'BadRequest' }, { say: 'Azure refused the call: BadRequest.' }],
    ['429', { kind: 'throttle', retryAfterSeconds: 9 }, { code: 'cloudBusy', retryAfterMs: 9_000 }],
    ['a cut connection, again and again', { kind: 'reset' }, { code: 'cloudSilent' }],
  ] as const)('says %s', async (_, fault, error) => {
    azure.sim.faults.add(WRITE, fault, Number.POSITIVE_INFINITY);
    await expect(protect('db-1')).rejects.toMatchObject(error);
    expect(machinesIn()).toEqual(['web-1']);
  });

  test('writes nothing when it is aborted', async () => {
    const before = writes();
    await expect(azure.adapter.protect(azure.exposed, USUAL, AbortSignal.abort())).rejects.toThrow();
    expect(writes()).toBe(before);
  });
});

describe('what cannot be protected', () => {
  test('is refused without a Defender plan', async () => {
    azure.sim.human.setPlan('Standard', 'P1');
    await expect(protect('db-1')).rejects.toMatchObject({ code: 'noPlan' });
    expect(machinesIn()).toEqual(['web-1']);
  });

  test('is refused without a group that Defender could write to', async () => {
    azure.sim.human.deleteNsg('subnet-db-nsg');
    await expect(protect('db-1')).rejects.toMatchObject({ code: 'notProtectable' });
  });

  test('is refused with a name that fits into no rule’s description', async () => {
    const [web] = defaultMachines;
    if (!web) throw new Error('no machine');
    const names = ['x'.repeat(49), 'x'.repeat(50)];
    const interfaces = (i: number) => [{ privateIps: [`10.0.9.${i}`], subnet: 'long', subnetNsg: 'long-nsg' }];
    await azure.stop();
    azure = await azureHarness({
      machines: [...defaultMachines, ...names.map((name, i) => ({ name, interfaces: interfaces(i + 4) }))],
    });
    expect((await protect(names[0] ?? '')).protection).toEqual(USUAL);
    await expect(protect(names[1] ?? '')).rejects.toMatchObject({
      code: 'namesTooLong',
      say: expect.stringContaining('56 characters'),
    });
    expect(writes()).toBe(2);
  });
});
