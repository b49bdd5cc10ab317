import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import type { ComputeManagementClient } from '@azure/arm-compute';
import type { MonitorClient } from '@azure/arm-monitor';
import type { NetworkManagementClient } from '@azure/arm-network';
import type { ResourceGraphClient } from '@azure/arm-resourcegraph';
import type { SecurityCenter } from '@azure/arm-security';
import type { TokenCredential } from '@azure/identity';
import { badConfig } from '../../../src/core/errors/bad-config.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import { type Instant, SECOND_MS } from '../../../src/core/language/instant.ts';
import { say } from '../../../src/core/language/say.ts';
import type { Allowed, CallOptions } from '../../../src/kit/call.ts';
import type { Clock } from '../../../src/kit/clock.ts';
import { dateIn } from '../../../src/kit/date-of.ts';
import { callWithin, ENDLESS } from '../../../src/kit/time-limit.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { CallWatch } from '../../../src/ports/meter.ts';
import { asJitError, isCut } from '../errors.ts';
import { type AzureCloud, hostsOf } from './clouds.ts';
import { credentialFor } from './credential.ts';
import { operationOf } from './operation.ts';
import { type Plain, plainCalls } from './plain.ts';
import { ArmQuotas } from './quotas.ts';
import { hookOf, type Watched } from './watched.ts';
import { tidyAnswers } from './wire.ts';

/** `defender`: Defender for Cloud's just-in-time policies. `nsg`: rules of our own in network security groups. */
export type BackendName = 'defender' | 'nsg';

export interface AzureSettings {
  readonly tenantId: string;
  readonly clientId: string;
  /** Without it the default chain of @azure/identity: workload identity, managed identity, the Azure CLI. */
  readonly clientSecret?: string;
  readonly subscriptions: readonly {
    readonly id: string;
    /** Where it is in another tenant. */
    readonly tenantId?: string;
    readonly backend?: BackendName;
  }[];
  /** How ports of machines in these subscriptions are opened, unless one of them says otherwise; `defender` by default. */
  readonly backend?: BackendName;
  /** `rbac`: people must hold, by Azure roles, what Defender asks of them; `none` unless told. */
  readonly entitlement?: 'none' | 'rbac';
  /** `none`: rules of network managers that may not be read are not there, as whoever runs this says. */
  readonly networkManagers?: 'read' | 'none';
  /** Read the management groups above subscriptions; without it they are not known. */
  readonly units?: boolean;
  /** Whose hosts are called; `public` unless told. */
  readonly cloud?: AzureCloud;
  /** Resource Manager of an emulator. */
  readonly resourceManager?: string;
  /** Entra ID of the same. */
  readonly authority?: string;
  /** PEM file of an authority to trust besides the system's. */
  readonly caFile?: string;
  /** Do not ask Microsoft whether the authority is genuine. */
  readonly disableInstanceDiscovery?: boolean;
  /** The longest that one mutating call of a lease may take, in milliseconds. */
  readonly callMs?: number;
}

/** The clients of one subscription. */
export interface Sdk {
  readonly compute: ComputeManagementClient;
  readonly network: NetworkManagementClient;
  readonly security: SecurityCenter;
  /** Of the whole tenant. */
  readonly graph: ResourceGraphClient;
  readonly plain: Plain;
  /** Roles of people; few installations ask for these. */
  readonly authorization: () => Promise<AuthorizationManagementClient>;
  /** The activity log. */
  readonly monitor: () => Promise<MonitorClient>;
}

type Work<T> = (sdk: Sdk, options: CallOptions) => Promise<T>;

/** One subscription. Errors are JitErrors whose cause is the SDK's error. */
export interface Subscription {
  readonly id: string;
  readonly tenantId: string;
  /** How new rules are written there; those that another one wrote are found and closed all the same. */
  readonly backend: BackendName;
  /** Are rules of network managers that may not be read taken not to be there? */
  readonly isUnmanaged: boolean;
  /** Reads within ten seconds, or those that are given; once more when the connection was cut. */
  read<T>(signal: AbortSignal, work: Work<T>, limitMs?: number): Promise<T>;
  /** Makes one mutating call within its time, once. `beforeCall` is asked when it is about to be sent. */
  change<T>(allowed: Allowed, work: Work<T>, limitMs?: number): Promise<T>;
  /** The `Date` header of the newest reply, UTC; to the second. */
  cloudNow(): Instant | undefined;
  /** Something that Azure wrote, or keeps, cannot be read, and is left out: the log is told, once for each. */
  unreadable(what: string, fields: Readonly<Record<string, unknown>>, message?: string): void;
}

const READ_MS = 10 * SECOND_MS;

/** The subscriptions of the settings. The SDKs are loaded at the first call. */
export function subscriptionsOf(
  settings: AzureSettings,
  callMs: number,
  clock: Clock,
  { log, called }: { readonly log: Log; readonly called?: CallWatch },
): readonly Subscription[] {
  const connections = connectionsWith(settings.caFile);
  const hosts = hostsOf(settings);
  const credentials = new Map<string, TokenCredential>();
  const credentialIn = (tenantId: string) => {
    const kept = credentials.get(tenantId) ?? credentialFor({ ...settings, ...hosts, ...connections, tenantId });
    credentials.set(tenantId, kept);
    return kept;
  };
  const { backend: usual = 'defender' } = settings;
  return settings.subscriptions.map(({ id, backend = usual, tenantId = settings.tenantId }) => ({
    ...subscriptionFor(
      id,
      { ...hosts, credential: credentialIn(tenantId), ...connections, ...(called && { called }) },
      callMs,
      new ArmQuotas(clock),
    ),
    backend,
    isUnmanaged: settings.networkManagers === 'none',
    tenantId,
    unreadable: onceFor(log),
  }));
}

/**
 * NB. The certificate comes from the setting alone; certificates are never left unchecked. The context is made once: an agent
 * that is given certificates puts all their text together again for every request, to name its connections.
 */
export function connectionsWith(caFile: string | undefined): { agent?: Agent } {
  if (caFile === undefined) return {};
  try {
    const secureContext = createSecureContext({ ca: [...rootCertificates, readFileSync(caFile, 'utf8')] });
    return { agent: new Agent({ keepAlive: true, secureContext }) };
  } catch (cause) {
    throw badConfig([`azure.caFile cannot be read: ${caFile}`], cause);
  }
}

/** How many different things are remembered; then it begins anew. */
const MOST_TOLD = 1_000;

function onceFor(log: Log): Subscription['unreadable'] {
  const told = new Set<string>();
  return (what, fields, message = 'something that Azure wrote cannot be read, and is left out') => {
    if (told.has(what)) return;
    if (told.size >= MOST_TOLD) told.clear();
    told.add(what);
    log.warn({ what, ...fields }, message);
  };
}

interface Shared {
  readonly credential: TokenCredential;
  readonly agent?: Agent;
  readonly resourceManager: string;
  readonly called?: CallWatch;
}

function subscriptionFor(
  id: string,
  { resourceManager, called, ...shared }: Shared,
  callMs: number,
  quotas: ArmQuotas,
): Omit<Subscription, 'backend' | 'isUnmanaged' | 'tenantId' | 'unreadable'> {
  let sdk: Promise<Sdk> | undefined;
  let cloudNow: Instant | undefined;
  const asked = new AsyncLocalStorage<() => void>();
  const options = {
    ...shared,
    endpoint: resourceManager,
    // Tries again are ours: after each one the world is looked at, and a lock may be lost meanwhile.
    retryOptions: { maxRetries: 0 },
    watched: {
      turn({ method, url, abortSignal }) {
        const signal = abortSignal instanceof AbortSignal ? abortSignal : ENDLESS;
        return quotas.turn({ method, url, isChange: asked.getStore() !== undefined }, signal);
      },
      onSend({ method, url }) {
        const ask = method === 'GET' ? undefined : asked.getStore();
        ask?.();
        const operation = operationOf(method, url);
        return called?.({ cloud: 'azure', account: id, operation, isChange: ask !== undefined });
      },
      onReply({ method, url }, { status, headers, bodyAsText }) {
        cloudNow = dateIn(headers.get('date'), headers.get('age')) ?? cloudNow;
        quotas.learn(method, url, { status, body: bodyAsText, header: (name) => headers.get(name) });
      },
    } satisfies Watched,
  };
  const call = <T>(signal: AbortSignal, work: Work<T>, limitMs: number): Promise<T> =>
    callWithin({ signal, limitMs, asError: asJitError }, async (abortSignal) => {
      sdk ??= connect(id, options);
      return work(await sdk, { abortSignal });
    });
  return {
    id,
    cloudNow: () => cloudNow,
    async read(signal, work, limitMs = READ_MS) {
      try {
        return await call(signal, work, limitMs);
      } catch (error) {
        if (!isCut(error)) throw error;
        return call(signal, work, limitMs);
      }
    },
    change: ({ signal, beforeCall }, work, limitMs = callMs) =>
      asked.run(beforeCall, () => call(signal, work, limitMs)),
  };
}

interface ConnectOptions extends Omit<Shared, 'resourceManager' | 'called'> {
  readonly endpoint: string;
  readonly retryOptions: { readonly maxRetries: number };
  readonly watched: Watched;
}

async function connect(id: string, { credential, watched, ...common }: ConnectOptions): Promise<Sdk> {
  const [
    { ComputeManagementClient: Compute },
    { NetworkManagementClient: Network },
    { SecurityCenter: Security },
    { ResourceGraphClient: Graph },
  ] = await Promise.all([
    import('@azure/arm-compute'),
    import('@azure/arm-network'),
    import('@azure/arm-security'),
    import('@azure/arm-resourcegraph'),
  ]);
  // NB. `endpoint` moves the address only: the scope of the token has to be told as well, to each SDK in its own way.
  const scopes = [`${common.endpoint.replace(/\/+$/, '')}/.default`];
  const raw = {
    ...common,
    userAgentOptions: { userAgentPrefix: 'drawbridge' },
    additionalPolicies: [{ policy: hookOf(watched), position: 'perRetry' as const }],
  };
  const options = { ...raw, additionalPolicies: [...raw.additionalPolicies, tidyAnswers] };
  let roles: AuthorizationManagementClient | undefined;
  let monitor: MonitorClient | undefined;
  // What is read here is written back as it was.
  const security = new Security(credential, id, { ...raw, credentialScopes: scopes });
  return {
    compute: new Compute(credential, id, { ...options, credentials: { scopes } }),
    network: new Network(credential, id, { ...options, credentials: { scopes } }),
    security,
    plain: plainCalls(security, common.endpoint),
    graph: new Graph(credential, id, { ...options, credentials: { scopes } }),
    async authorization() {
      const { AuthorizationManagementClient: Authorization } = await import('@azure/arm-authorization');
      roles ??= new Authorization(credential, id, { ...options, credentialScopes: scopes });
      return roles;
    },
    async monitor() {
      const { MonitorClient: Monitor } = await import('@azure/arm-monitor');
      monitor ??= new Monitor(credential, id, { ...options, credentials: { scopes } });
      return monitor;
    },
  };
}

/** The subscription of a resource. Throws `notConfigured` for one that the settings do not name (any more). */
export function subscriptionOf(all: readonly Subscription[], id: string): Subscription {
  const found = all.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (!found) throw new JitError('notConfigured', { where: say`the Azure subscription ${id}` });
  return found;
}
