import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkManagementClient } from '@azure/arm-network';
import { ClientSecretCredential } from '@azure/identity';
import { type AzureSettings, azureAdapter } from '../../adapters/azure/index.ts';
import { type AzureSimulator, startAzureSimulator } from '../../simulators/azure/index.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { DAY_MS, type Instant } from '../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../src/core/machine/machine.ts';
import { markSigner } from '../../src/core/rule/mark.ts';
import type { CloudAdapter, Protector } from '../../src/ports/cloud.ts';
import { EARLIER_MS, FastClock } from '../away/clock.ts';
import { INSTALLATION, MARK_KEYS, type Stood } from '../burst/shared.ts';
import { LOUD } from '../ground.ts';

/** What all machines are behind, and what is edited to close a port of one. */
export type Behind = 'one network security group' | 'one Defender policy' | 'one firewall';

export interface LockWorld {
  readonly sim: AzureSimulator;
  readonly adapter: ReturnType<typeof azureAdapter>;
  readonly network: NetworkManagementClient;
  readonly stood: readonly Stood[];
  /** What time it is there. */
  now(): Instant;
}

/** Azure is so many times faster than in the world, in all that it does: its calls, its quotas, and what is waited for. */
export const FACTOR = 4;

const SSH = { number: 22, protocol: 'tcp' } as const;
const PROTECTION = { ports: [{ port: SSH, sources: [], longestMs: DAY_MS }] };
const ENDLESS = new AbortController().signal;
const GO = () => {};

/** The simulated Azure with machines behind one lock, each open to one address. */
export async function startWorld(behind: Behind, count: number, folder: string, until: Instant): Promise<LockWorld> {
  const through = behind === 'one firewall' ? { through: 'edge' } : { subnetNsg: 'shared' };
  const machines = Array.from({ length: count }, (_, n) => ({
    name: `web-${n}`,
    interfaces: [{ privateIps: [`10.0.0.${n + 4}`], subnet: 'web', ...through }],
  }));
  const network = {
    vnets: [{ name: 'vnet-prod', prefixes: ['10.0.0.0/16'] }],
    firewalls: [{ name: 'edge', vnet: 'vnet-prod', privateIp: '10.0.250.4', publicIps: ['198.51.100.9'] }],
  };
  const clock = new FastClock(FACTOR, EARLIER_MS);
  const sim = await startAzureSimulator({
    machines,
    clock: clock.now,
    ...(behind === 'one firewall' ? { network } : {}),
  });
  const caFile = join(folder, 'azure.pem');
  writeFileSync(caFile, sim.ca);
  const { tenantId, clientId, clientSecret, subscriptionId } = sim;
  const settings: AzureSettings = {
    tenantId,
    clientId,
    clientSecret,
    subscriptions: [{ id: subscriptionId }],
    backend: behind === 'one Defender policy' ? 'defender' : 'nsg',
    resourceManager: sim.url,
    authority: sim.authority,
    disableInstanceDiscovery: true,
    caFile,
  };
  const marks = markSigner(INSTALLATION, [...MARK_KEYS]);
  const deps = { marks, installation: INSTALLATION, log: LOUD, now: clock.now, pause: clock.pause };
  const adapter = azureAdapter(settings, deps);
  const tlsOptions = { ca: sim.ca };
  const sign = { tlsOptions, disableInstanceDiscovery: true, authorityHost: sim.authority };
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, sign);
  const client = new NetworkManagementClient(credential, subscriptionId, {
    endpoint: sim.url,
    credentials: { scopes: [`${sim.url}/.default`] },
    tlsOptions,
    retryOptions: { maxRetries: 0 },
  });
  const stood: Stood[] = [];
  for (const { id, name } of sim.state().machines) {
    const machine = machineId('azure', id);
    if (!machine) throw new Error(`${id} is no machine`);
    stood.push(await insisting(() => standAt(adapter, { machine, name, source: '203.0.113.7/32' }, until, clock.now)));
  }
  clock.runFrom(Date.now());
  return { sim, adapter, network: client, stood, now: clock.now };
}

/** A connection that a busy machine let lapse ends no measurement that takes half an hour: what stands already is found there. */
async function insisting<T>(work: () => Promise<T>, tries = 5): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JitError) || error.kind !== 'busy' || tries === 1) throw error;
    return insisting(work, tries - 1);
  }
}

/** Protects the machine, opens its port to this address, and gives what stands. */
export async function standAt(
  adapter: CloudAdapter & Protector,
  { machine, name, source }: { readonly machine: MachineId; readonly name: string; readonly source: string },
  until: Instant,
  clock: () => Instant = Date.now,
): Promise<Stood> {
  await adapter.protect(machine, PROTECTION, ENDLESS);
  const placements = await adapter.locate([{ machine, port: SSH, source }], ENDLESS);
  const note = { request: 'bench', requester: 'ada', approver: 'grace' };
  const openings = placements.map((placement) => ({ placement, until, now: clock(), note }));
  const opened = await adapter.open(openings, ENDLESS, GO);
  return { machine, name, placements: opened.map(({ placement }) => placement) };
}
