import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { awsAdapter } from '../../adapters/aws/index.ts';
import { azureAdapter } from '../../adapters/azure/index.ts';
import { largeWorld, startAwsSimulator } from '../../simulators/aws/index.ts';
import { startAzureSimulator } from '../../simulators/azure/index.ts';
import { type MachineId, machineId } from '../../src/core/machine/machine.ts';
import { markSigner } from '../../src/core/rule/mark.ts';
import type { CloudAdapter, Protector } from '../../src/ports/cloud.ts';
import { INSTALLATION, MARK_KEYS } from '../burst/shared.ts';
import { LOUD } from '../ground.ts';

export const BACKENDS = [
  'AWS, `dedicated`',
  'AWS, `perRequest`',
  'Azure, `nsg`',
  'Azure, Defender',
  'Azure, firewall',
] as const;
export type Backend = (typeof BACKENDS)[number];

/** How often each operation was called: those that change something, and those that read. */
export interface Calls {
  readonly mutating: Readonly<Record<string, number>>;
  readonly reading: Readonly<Record<string, number>>;
}

/** One cloud with one machine. */
export interface World {
  readonly adapter: CloudAdapter & Protector;
  readonly machine: MachineId;
  readonly name: string;
  /** What was called since this was asked last. */
  calls(): Calls;
  stop(): Promise<void>;
}

interface Logged {
  readonly name: string;
  readonly mutating: boolean;
}

export function startWorld(backend: Backend, folder: string): Promise<World> {
  switch (backend) {
    case 'AWS, `dedicated`':
      return startAws('dedicated');
    case 'AWS, `perRequest`':
      return startAws('perRequest');
    default:
      return startAzure(backend, folder);
  }
}

async function startAws(strategy: 'dedicated' | 'perRequest'): Promise<World> {
  const sim = await startAwsSimulator({ instances: largeWorld({ machines: 1 }) });
  const { url, accountId, region, accessKeyId, secretAccessKey } = sim;
  const adapter = awsAdapter(
    {
      accounts: [{ id: accountId, regions: [region] }],
      ...{ strategy, endpoint: url, credentials: { accessKeyId, secretAccessKey } },
    },
    depsOf(),
  );
  const [one] = sim.state().instances;
  if (!one) throw new Error('no machine');
  const logged = () => sim.log().map(({ action, mutating }): Logged => ({ name: action, mutating }));
  const machine = known('aws', `${accountId}:${region}:${one.id}`);
  return { adapter, machine, name: one.name, calls: since(logged), stop: () => sim.stop() };
}

async function startAzure(backend: Backend, folder: string): Promise<World> {
  const isBehind = backend === 'Azure, firewall';
  const wired = isBehind ? { through: 'edge' } : { nicNsg: 'web-0-nsg', publicIp: '198.51.100.1' };
  const machines = [
    { name: 'web-0', tags: { env: 'prod' }, interfaces: [{ privateIps: ['10.0.0.4'], subnet: 'web', ...wired }] },
  ];
  const network = {
    vnets: [{ name: 'vnet-prod', prefixes: ['10.0.0.0/16'] }],
    firewalls: [{ name: 'edge', vnet: 'vnet-prod', privateIp: '10.0.250.4', publicIps: ['203.0.113.200'] }],
  };
  const sim = await startAzureSimulator({ machines, ...(isBehind ? { network } : {}) });
  if (backend !== 'Azure, Defender') sim.human.setPlan('Free');
  const caFile = join(folder, `${encodeURIComponent(backend)}.pem`);
  writeFileSync(caFile, sim.ca);
  const { tenantId, clientId, clientSecret, subscriptionId } = sim;
  const adapter = azureAdapter(
    {
      ...{ tenantId, clientId, clientSecret, caFile },
      subscriptions: [{ id: subscriptionId }],
      backend: backend === 'Azure, Defender' ? 'defender' : 'nsg',
      ...{ resourceManager: sim.url, authority: sim.authority, disableInstanceDiscovery: true },
    },
    depsOf(),
  );
  const [one] = sim.state().machines;
  if (!one) throw new Error('no machine');
  // What is asked by POST and changes nothing: queries, and the effective rules of an interface.
  const isQuery = /effective|resources|query|graph|token/i;
  const logged = () =>
    sim.log().map(({ operation, method }): Logged => {
      const mutating = method !== 'GET' && !isQuery.test(operation);
      return { name: operation, mutating };
    });
  return { adapter, machine: known('azure', one.id), name: one.name, calls: since(logged), stop: () => sim.stop() };
}

function since(logged: () => readonly Logged[]): () => Calls {
  let from = 0;
  return () => {
    const all = logged();
    const fresh = all.slice(from);
    from = all.length;
    const counted = (some: readonly Logged[]) => {
      const counts: Record<string, number> = {};
      for (const { name } of some) counts[name] = (counts[name] ?? 0) + 1;
      return counts;
    };
    return {
      mutating: counted(fresh.filter(({ mutating }) => mutating)),
      reading: counted(fresh.filter(({ mutating }) => !mutating)),
    };
  };
}

function depsOf() {
  const marks = markSigner(INSTALLATION, [...MARK_KEYS]);
  return { marks, installation: INSTALLATION, log: LOUD, now: Date.now };
}

function known(cloud: 'aws' | 'azure', id: string): MachineId {
  const machine = machineId(cloud, id);
  if (!machine) throw new Error(`${id} is no machine`);
  return machine;
}
