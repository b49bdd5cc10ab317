import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createCertificate } from '../shared/certificate.ts';
import type { Clock } from '../shared/clock.ts';
import { Faults } from '../shared/faults.ts';
import { SUBSCRIPTION_ID, TENANT_ID } from '../world.ts';
import { aboveRoutes } from './above.ts';
import { ActivityLog, activityRoutes } from './activity.ts';
import { adminRuleRoutes } from './admin-rules.ts';
import { authorization } from './authorization.ts';
import { balancerRoutes } from './balancers.ts';
import { computeRoutes } from './compute.ts';
import { effectiveRoutes } from './effective.ts';
import { createEntra } from './entra.ts';
import { firewallPolicyRoutes } from './firewall-policies.ts';
import { firewallRoutes } from './firewalls.ts';
import { governance } from './governance.ts';
import { type GraphBehaviour, graphRoutes } from './graph.ts';
import { GraphPeople } from './graph-people.ts';
import { World } from './history.ts';
import { createHuman, type Human } from './human.ts';
import { ipGroupRoutes } from './ip-groups.ts';
import { Vault, vaultRoutes } from './key-vault.ts';
import { lockHands, lockRoutes } from './locks.ts';
import { Log, type LogEntry } from './log.ts';
import { defaultMachines, type MachineSpec } from './machines.ts';
import { networkRoutes } from './network.ts';
import type { NetworkSpec } from './network-spec.ts';
import { nsgPutRoutes } from './nsg-put.ts';
import { oddAnswers } from './odd-answers.ts';
import { operationRoutes } from './operations.ts';
import { type Approach, type Way, waysTo } from './reach.ts';
import { resourceGraphRoutes } from './resource-graph.ts';
import { ruleGroupRoutes } from './rule-groups.ts';
import { scaleSetRoutes } from './scale-sets.ts';
import { securityRoutes } from './security.ts';
import { securityRuleRoutes } from './security-rules.ts';
import { createAzureServer, type Exchange } from './server.ts';
import type { Behaviour, Members, Simulation } from './simulation.ts';
import { type AzureState, describe } from './state.ts';
import { buildSubscription } from './subscription.ts';
import { tenantHands } from './tenant.ts';
import { topologyRoutes } from './topology.ts';

/** How the simulator starts; every setting of `Behaviour` can also be changed later. */
export interface AzureOptions extends Partial<Behaviour> {
  readonly clock?: Clock;
  /** Port on 127.0.0.1; a free one by default. */
  readonly port?: number;
  readonly machines?: readonly MachineSpec[];
  /** What is around the machines; by default only the network that they are in. */
  readonly network?: NetworkSpec;
  /** Is shown every call that was understood, with both bodies. */
  readonly onExchange?: (exchange: Exchange) => void;
}

export interface AzureSimulator {
  /** Origin of Resource Manager (`https://127.0.0.1:PORT`); Graph is under `/graph`. */
  readonly url: string;
  /** Origin of Entra, for `authorityHost`. */
  readonly authority: string;
  /** PEM of the authority that clients are to trust. */
  readonly ca: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly subscriptionId: string;
  readonly faults: Faults;
  readonly behaviour: Behaviour;
  /** Azure Key Vault, at the same origin as Resource Manager. */
  readonly vault: Vault;
  /** What the activity log has, and when. */
  readonly activity: ActivityLog;
  /** The people and groups of the tenant, and what the app may read of them. */
  readonly graph: { readonly people: GraphPeople; readonly behaviour: GraphBehaviour };
  readonly human: Human &
    ReturnType<typeof authorization>['human'] &
    ReturnType<typeof lockHands> &
    ReturnType<typeof tenantHands> &
    ReturnType<typeof oddAnswers>['hands'] &
    ReturnType<typeof governance>['hands'];
  /** What the subscription holds now, as plain JSON. */
  state(): AzureState;
  /** Every way by which a client could connect to a machine's port now, open or not. */
  ways(approach: Approach): readonly Way[];
  /** Whether one of those ways is open. */
  reachable(approach: Approach): boolean;
  /** The calls so far, newest last. */
  log(): readonly LogEntry[];
  /** Calls `listener` after every call and every change; answers the way to stop that. */
  onChange(listener: () => void): () => void;
  /** Stops serving; throws if the simulator itself had a fault on the way. */
  stop(): Promise<void>;
}

const CLIENT_ID = 'c11e0000-0000-4000-8000-00000000da7a';
const CLIENT_SECRET = 'simulated-secret-of-the-demo';

function graphBehaviour(): GraphBehaviour {
  return { rights: ['User.Read.All', 'GroupMember.Read.All', 'MailboxSettings.Read'], lagMs: 0, pageSize: 100 };
}

/**
 * Starts Entra ID, Azure Resource Manager (Compute, Network, Security) and what Microsoft Graph says of people, on loopback
 * over TLS. Strict: what it does not know it refuses with the service's own error envelope.
 */
export async function startAzureSimulator(options: AzureOptions = {}): Promise<AzureSimulator> {
  const { clock = Date.now, port = 0, machines = defaultMachines, network, onExchange, ...chosen } = options;
  const behaviour: Behaviour = {
    minimumMinutes: 5,
    onReplace: 'revoke',
    keepRequestsOnPut: false,
    rewriteOnPut: false,
    renumber: false,
    sourceBehindFirewall: 'firewall',
    initiatingMs: 0,
    removeLagMs: 0,
    operationMs: 0,
    firewallMs: 0,
    pageSize: 50,
    ownerTenant: TENANT_ID,
    hiddenGroups: [],
    managementGroups: {},
    ...chosen,
  };
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const world = new World(clock, buildSubscription(machines, network, clock()), changed);
  const activity = new ActivityLog(world);
  const faults = new Faults();
  const log = new Log(clock, changed);
  let url = '';
  const origin = () => url;
  const subscriptions = new Map([[SUBSCRIPTION_ID, 'everybody' as Members]]);
  const common = { subscriptionId: SUBSCRIPTION_ID, subscriptions, origin, operations: new Map() };
  const sim: Simulation = { world, behaviour, ...common };
  const application = { tenantId: TENANT_ID, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
  const [certificate, entra] = await Promise.all([createCertificate(), createEntra(application, origin)]);
  const { routes: security, defender } = securityRoutes(sim);
  const access = authorization(sim);
  const odd = oddAnswers();
  const graph = { people: new GraphPeople(clock), behaviour: graphBehaviour() };
  const policies = governance(sim);
  const vault = new Vault(clock);
  const routes = [
    ...entra.routes,
    ...access.routes,
    ...aboveRoutes(sim),
    ...lockRoutes(sim),
    ...computeRoutes(sim),
    ...scaleSetRoutes(sim),
    ...networkRoutes(sim),
    ...nsgPutRoutes(sim),
    ...topologyRoutes(sim),
    ...balancerRoutes(sim),
    ...firewallRoutes(sim),
    ...firewallPolicyRoutes(sim),
    ...ruleGroupRoutes(sim),
    ...ipGroupRoutes(sim),
    ...securityRuleRoutes(sim),
    ...effectiveRoutes(sim),
    ...adminRuleRoutes(),
    ...operationRoutes(sim),
    ...security,
    ...resourceGraphRoutes(sim),
    ...activityRoutes(sim, activity),
    ...vaultRoutes(vault, origin),
    ...graphRoutes({ ...graph, origin, now: clock }),
  ];
  const server = createAzureServer(certificate, {
    sim,
    faults,
    routes,
    verify: entra.verify,
    log,
    odd,
    activity,
    forbid(caller, method, path, body) {
      access.check(caller, method, path);
      policies.check(method, path, body);
    },
    ...(onExchange ? { onExchange } : {}),
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const ways = (approach: Approach): readonly Way[] => {
    world.settle();
    return waysTo(world.current, world.nowMs, approach);
  };

  return {
    url,
    authority: url,
    ca: certificate.ca,
    ...application,
    subscriptionId: SUBSCRIPTION_ID,
    faults,
    behaviour,
    vault,
    activity,
    graph,
    human: {
      ...createHuman(sim, defender),
      ...access.human,
      ...lockHands(sim),
      ...tenantHands(sim),
      ...odd.hands,
      ...policies.hands,
    },
    state() {
      world.settle();
      return describe(world.current, world.nowMs);
    },
    ways,
    reachable: (approach) => ways(approach).some(({ open }) => open),
    log: () => log.entries,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      if (log.firstBug !== undefined) throw log.firstBug;
    },
  };
}
