import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { awsAdapter } from '../../adapters/aws/index.ts';
import { azureAdapter } from '../../adapters/azure/index.ts';
import { largeWorld, startAwsSimulator } from '../../simulators/aws/index.ts';
import { startAzureSimulator } from '../../simulators/azure/index.ts';
import { DAY_MS, type Instant } from '../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../src/core/machine/machine.ts';
import { markSigner } from '../../src/core/rule/mark.ts';
import type { Opening } from '../../src/ports/cloud.ts';
import { INSTALLATION, MARK_KEYS } from '../burst/shared.ts';
import { LOUD } from '../ground.ts';
import type { FastClock } from './clock.ts';

export const BACKENDS = ['AWS', 'Azure, `nsg`', 'Azure, `firewall`'] as const;
export type BackendUnderTest = (typeof BACKENDS)[number];

/** A rule that stands, by the address that it lets in. */
export type Standing = ReadonlySet<string>;

const SSH = { number: 22, protocol: 'tcp' } as const;
const PROTECTION = { ports: [{ port: SSH, sources: [], longestMs: DAY_MS }] };
const ENDLESS = new AbortController().signal;
const GO = () => {};

/** One cloud with machines to open. */
export async function startCloud(backend: BackendUnderTest, count: number, clock: FastClock, folder: string) {
  return backend === 'AWS' ? startAws(count, clock) : startAzure(backend, count, clock, folder);
}

export type CloudUnderTest = Awaited<ReturnType<typeof startCloud>>;

/** Opens each machine to so many addresses, with ends one after another, and says which address has which end. */
export async function openAll(
  { adapter, machines }: CloudUnderTest,
  each: number,
  endOf: (n: number) => Instant,
  now: () => Instant,
): Promise<ReadonlyMap<string, Instant>> {
  const ends = new Map<string, Instant>();
  for (const [m, machine] of machines.entries()) {
    await adapter.protect(machine, PROTECTION, ENDLESS);
    const rules = Array.from({ length: each }, (_, i) => {
      const n = i * machines.length + m;
      const address = `198.18.${Math.floor(n / 250)}.${(n % 250) + 1}`;
      ends.set(address, endOf(n));
      return { machine, port: SSH, source: `${address}/32` };
    });
    const placements = await adapter.locate(rules, ENDLESS);
    const note = { request: 'bench', requester: 'ada', approver: 'grace' };
    const openings: Opening[] = placements.map((placement) => {
      const until = ends.get(placement.rule.source.replace('/32', '')) ?? 0;
      return { placement, until, now: now(), note };
    });
    await adapter.open(openings, ENDLESS, GO);
  }
  return ends;
}

async function startAws(count: number, clock: FastClock) {
  const instances = largeWorld({ machines: count });
  const sim = await startAwsSimulator({ instances, clock: clock.now, maxSkewMs: Number.POSITIVE_INFINITY });
  const { url, accountId, region, accessKeyId, secretAccessKey } = sim;
  const adapter = awsAdapter(
    {
      accounts: [{ id: accountId, regions: [region] }],
      endpoint: url,
      credentials: { accessKeyId, secretAccessKey },
    },
    { marks: marks(), installation: INSTALLATION, log: LOUD, now: clock.now, pause: clock.pause },
  );
  const machines = sim.state().instances.map(({ id }) => known('aws', `${accountId}:${region}:${id}`));
  const standing = (): Standing => {
    const own = sim.state().groups.filter(({ name }) => name.startsWith('drawbridge-'));
    const rules = own.flatMap((group) => group.rules.filter(({ direction }) => direction === 'ingress'));
    return new Set(rules.map(({ source }) => bare(source)));
  };
  const silence = (ms: number) => sim.faults.add(/./, { kind: 'slow', ms }, Number.POSITIVE_INFINITY);
  return { adapter, machines, standing, silence, speak: () => sim.faults.clear(), stop: () => sim.stop() };
}

/** The simulated Azure, for those who watch its calls too. */
export async function startAzure(
  backend: Exclude<BackendUnderTest, 'AWS'>,
  count: number,
  clock: FastClock,
  folder: string,
) {
  const isBehind = backend === 'Azure, `firewall`';
  const machines = Array.from({ length: count }, (_, n) => ({
    name: `web-${n}`,
    interfaces: [
      {
        privateIps: [`10.0.${Math.floor(n / 200)}.${(n % 200) + 4}`],
        subnet: isBehind ? 'web' : `web-${n}`,
        ...(isBehind ? { through: 'edge' } : { nicNsg: `web-${n}-nsg`, publicIp: `198.51.100.${n + 1}` }),
      },
    ],
  }));
  const network = {
    vnets: [{ name: 'vnet-prod', prefixes: ['10.0.0.0/16'] }],
    firewalls: [{ name: 'edge', vnet: 'vnet-prod', privateIp: '10.0.250.4', publicIps: ['203.0.113.200'] }],
  };
  const sim = await startAzureSimulator({ machines, clock: clock.now, ...(isBehind ? { network } : {}) });
  sim.human.setPlan('Free');
  const caFile = join(folder, 'azure.pem');
  writeFileSync(caFile, sim.ca);
  const { tenantId, clientId, clientSecret, subscriptionId } = sim;
  const adapter = azureAdapter(
    {
      tenantId,
      clientId,
      clientSecret,
      subscriptions: [{ id: subscriptionId }],
      backend: 'nsg',
      resourceManager: sim.url,
      authority: sim.authority,
      disableInstanceDiscovery: true,
      caFile,
    },
    { marks: marks(), installation: INSTALLATION, log: LOUD, now: clock.now, pause: clock.pause },
  );
  const standing = (): Standing => {
    const { nsgs, firewalls } = sim.state();
    const groups = nsgs.flatMap(({ rules }) => rules.filter(({ access }) => access === 'Allow'));
    const translations = firewalls.flatMap(({ collections }) => collections.flatMap(({ rules }) => rules));
    return new Set(JSON.stringify([groups, translations]).match(/198\.18\.\d+\.\d+/g));
  };
  return {
    adapter,
    machines: sim.state().machines.map(({ id }) => known('azure', id)),
    standing,
    sim,
    /** No call is answered within so long. */
    silence: (ms: number) => sim.faults.add(/./, { kind: 'slow', ms }, Number.POSITIVE_INFINITY),
    speak: () => sim.faults.clear(),
    stop: () => sim.stop(),
  };
}

function marks() {
  return markSigner(INSTALLATION, [...MARK_KEYS]);
}

function known(cloud: 'aws' | 'azure', id: string): MachineId {
  const machine = machineId(cloud, id);
  if (!machine) throw new Error(`${id} is no machine`);
  return machine;
}

function bare(source: string): string {
  return source.replace('/32', '');
}
