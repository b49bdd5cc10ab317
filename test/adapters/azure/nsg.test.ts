import { afterEach, describe, expect, it } from 'vitest';
import type { MachineSpec } from '../../../simulators/azure/machines.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { often } from '../../setup/lane.ts';
import { insist, numbers } from './bad-days.ts';
import type { AzureHarness } from './harness.ts';
import { PROTECTION } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

const standing = [
  { name: 'allow-https', priority: 200, source: 'Internet', ports: '443' },
  { name: 'deny-bad', priority: 210, source: '203.0.113.64/26', ports: ['22', '80-90'], access: 'Deny' },
  { name: 'office', priority: 4000, source: ['198.51.100.0/24', '192.0.2.0/24'], ports: '8080' },
] as const;

/** Machines of one subnet behind one group. */
function neighbours(count: number): readonly MachineSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    name: i === 0 ? 'web-1' : `web-${i + 1}`,
    interfaces: [{ privateIps: [`10.0.0.${4 + i}`], subnet: 'web', subnetNsg: 'shared-nsg' }],
    ...(i === 0 ? { standing: standing.map((one) => ({ nsg: 'shared-nsg', rule: one })) } : {}),
  }));
}

const JUMP: MachineSpec = {
  name: 'jump-1',
  interfaces: [{ privateIps: ['10.0.2.4'], subnet: 'jump', nicNsg: 'jump-1-nsg' }],
  standing: [{ nsg: 'jump-1-nsg', rule: { name: 'allow-ssh', priority: 300, source: '0.0.0.0/0', ports: '22' } }],
};

/** The rules of others in a group, byte for byte. */
function others(group: string): string {
  const rules = cloud.sim.state().nsgs.find(({ name }) => name === group)?.rules ?? [];
  return JSON.stringify(rules.filter(({ name }) => !name.startsWith('drawbridge-')));
}

const drawbridges = (group: string) =>
  (cloud.sim.state().nsgs.find(({ name }) => name === group)?.rules ?? []).filter(({ name }) =>
    name.startsWith('drawbridge-'),
  );

describe('protecting with our own rules', () => {
  it('closes the ports behind the customer’s rules, in every group in front of the machine', async () => {
    cloud = await nsgHarness();
    for (const group of ['subnet-web-nsg', 'web-1-nsg'])
      expect(drawbridges(group)).toMatchObject([
        { access: 'Deny', priority: 4096, ports: ['22', '3389'], sources: ['*'], destinations: ['10.0.0.4'] },
      ]);
  });

  it('says in the rule itself from where and for how long, and reads it back', async () => {
    cloud = await nsgHarness();
    const ports = [
      { port: { number: 5985, protocol: 'tcp' as const }, sources: ['198.51.100.0/24'], longestMs: 3 * HOUR_MS },
    ];
    const { protection } = await cloud.adapter.protect(cloud.machine, { ports }, never);
    expect(protection?.ports).toEqual([...PROTECTION.ports.map((port) => ({ ...port, longestMs: DAY_MS })), ...ports]);
    expect(drawbridges('web-1-nsg').map(({ description }) => description)).toContain(
      'Drawbridge opens this on request, from 198.51.100.0/24, for 3 h at most',
    );
  });

  it('asks for no Defender plan and calls none of its operations', async () => {
    cloud = await nsgHarness();
    await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    await cloud.adapter.check(never);
    for await (const _ of cloud.adapter.patrol(never)) break;
    expect(cloud.callsSince(0).filter((operation) => operation.startsWith('Jit'))).toEqual([]);
  });

  it('refuses what has no group, and more sources than a rule can say', async () => {
    cloud = await nsgHarness();
    cloud.sim.human.deleteNsg('jump-1-nsg');
    await expect(cloud.adapter.protect(cloud.exposed, PROTECTION, never)).rejects.toMatchObject({
      code: 'notProtectable',
    });
    const sources = Array.from({ length: 9 }, (_, i) => `198.51.100.${i * 16}/28`);
    const ports = [{ port: { number: 5985, protocol: 'tcp' as const }, sources, longestMs: HOUR_MS }];
    await expect(cloud.adapter.protect(cloud.machine, { ports }, never)).rejects.toMatchObject({
      code: 'azureInTheWay',
      say: expect.stringContaining('too many'),
    });
  });
});

describe('a lease in a group that others write to', () => {
  it('goes before a deny of the customer that would keep its source out', async () => {
    cloud = await nsgHarness({ machines: [...neighbours(1), JUMP] });
    const source = '203.0.113.70/32';
    await openOne(cloud, await placeOne(cloud, rule(cloud.machine, 22, source)), cloud.now() + HOUR_MS);
    const [allow] = drawbridges('shared-nsg').filter(({ access }) => access === 'Allow');
    expect(allow?.priority).toBeLessThan(210);
  });

  it('is refused where nothing can go before it', async () => {
    cloud = await nsgHarness({ machines: [...neighbours(1), JUMP] });
    const placement = await placeOne(cloud);
    cloud.sim.human.addRule('shared-nsg', { name: 'first', priority: 100, source: '*', ports: '22', access: 'Deny' });
    await expect(openOne(cloud, placement, cloud.now() + HOUR_MS)).rejects.toMatchObject({
      say: expect.stringContaining('before rule first (100) of shared-nsg'),
    });
    expect(cloud.rulesLeft()).toEqual([]);
  });

  it('takes another number when somebody takes its own at the same moment', async () => {
    cloud = await nsgHarness({ machines: [...neighbours(1), JUMP] });
    const placement = await placeOne(cloud);
    let isFirst = true;
    const beforeCall = () => {
      if (isFirst) cloud.sim.human.addRule('shared-nsg', { name: 'new', priority: 150, source: '*', ports: '81' });
      isFirst = false;
    };
    await openOne(cloud, placement, cloud.now() + HOUR_MS, { beforeCall });
    expect(drawbridges('shared-nsg').find(({ access }) => access === 'Allow')?.priority).toBe(151);
  });

  it('is closed in the group that the machine had when it was opened, and in the one it has now', async () => {
    cloud = await nsgHarness();
    const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    cloud.sim.human.setNicNsg('web-1-nic', 'jump-1-nsg');
    await openOne(cloud, placement, cloud.now() + HOUR_MS);
    expect(drawbridges('jump-1-nsg')).toHaveLength(1);
    await cloud.adapter.close([placement], never, go);
    expect(cloud.rulesLeft()).toEqual([]);
  });

  it('of another machine with the same address is not taken for this one’s', async () => {
    cloud = await nsgHarness({ machines: [...neighbours(2), JUMP] });
    const twin = cloud.idOf('web-2');
    await cloud.adapter.protect(twin, PROTECTION, never);
    const mine = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    const other = await openOne(cloud, await placeOne(cloud, rule(twin)), cloud.now() + HOUR_MS);
    const [allow] = drawbridges('shared-nsg').filter(({ name }) => name === other.placement.id);
    cloud.sim.human.editRule('shared-nsg', allow?.name ?? '', { destinationAddressPrefix: '10.0.0.4' });
    const seen = await cloud.adapter.observe(cloud.machine, [mine.placement], never);
    expect(seen.ours.map(({ placement }) => placement.id)).toEqual([mine.placement.id]);
  });

  it('without a mark, or of a machine that is gone, is found by the patrol and closed by its name', async () => {
    cloud = await nsgHarness();
    await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    cloud.sim.human.addRule('jump-1-nsg', {
      name: 'drawbridge-test-allow-forged',
      priority: 400,
      source: '*',
      ports: '22-23',
      destination: '10.9.9.9',
    });
    const found = await Array.fromAsync(cloud.adapter.patrol(never));
    expect(found.map(({ mark }) => mark).sort()).toEqual(['missing', 'valid']);
    await cloud.adapter.close(
      found.map(({ placement }) => placement),
      never,
      go,
    );
    expect(drawbridges('jump-1-nsg')).toEqual([]);
    expect(cloud.rulesLeft()).toEqual([]);
  });
});

describe('a hundred leases on machines that share one group', () => {
  it.each(Array.from({ length: often(2, 10) }, (_, i) => i + 1))(
    'leave it byte for byte as it was, on bad days too (seed %i)',
    async (seed) => {
      cloud = await nsgHarness({ machines: [...neighbours(5), JUMP], operationMs: 1_000 });
      const random = numbers(seed);
      const machines = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5'].map((name) => cloud.idOf(name) as MachineId);
      for (const machine of machines) await insist(cloud, () => cloud.adapter.protect(machine, PROTECTION, never));
      // A reading may be older than the protecting.
      cloud.advance(MINUTE_MS);
      const before = others('shared-nsg');
      const denies = drawbridges('shared-nsg').length;
      const open: Placement[] = [];
      for (let lease = 0; lease < 100; lease += 1) {
        const of = (kind: number) => random() < kind;
        if (of(0.2)) cloud.loseReply(of(0.5) ? 'open' : 'close', 1);
        if (of(0.2)) cloud.throttle(of(0.5) ? 'open' : 'close', 1);
        if (of(0.1)) cloud.cut('open', 1);
        if (of(0.1)) cloud.staleReads(MINUTE_MS / 2);
        const machine = machines[Math.floor(random() * machines.length)] as MachineId;
        const source = `203.0.113.${Math.floor(random() * 64)}/32`;
        const placement = await insist(cloud, () => placeOne(cloud, rule(machine, of(0.5) ? 22 : 3389, source)));
        const until = cloud.now() + HOUR_MS;
        const opened = await insist(cloud, () => openOne(cloud, placement, until));
        open.push(of(0.5) ? opened.placement : placement);
        cloud.behave();
        while (open.length > 0 && of(0.5)) {
          const [gone] = open.splice(Math.floor(random() * open.length), 1) as [Placement];
          if (of(0.2)) cloud.staleReads(MINUTE_MS / 2);
          await insist(cloud, () => cloud.adapter.close([gone], never, go)).catch(() => open.push(gone));
          cloud.behave();
        }
      }
      await insist(cloud, () => cloud.adapter.close(open, never, go));
      expect(cloud.rulesLeft()).toEqual([]);
      expect(others('shared-nsg')).toBe(before);
      expect(drawbridges('shared-nsg')).toHaveLength(denies);
    },
  );
});
