import { request } from 'node:https';
import { ComputeManagementClient } from '@azure/arm-compute';
import { NetworkManagementClient } from '@azure/arm-network';
import { SecurityCenter } from '@azure/arm-security';
import { ClientSecretCredential } from '@azure/identity';
import { onTestFinished } from 'vitest';
import { type AzureOptions, type AzureSimulator, startAzureSimulator } from '../../simulators/azure/index.ts';
import { ManualClock } from '../../simulators/shared/clock.ts';

/** 2026-03-02 09:00 UTC, where every test begins. */
export const START_MS = Date.UTC(2026, 2, 2, 9);
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

const quick = { maxRetries: 0 };

function connect(azure: AzureSimulator) {
  const tlsOptions = { ca: azure.ca };
  const credential = new ClientSecretCredential(azure.tenantId, azure.clientId, azure.clientSecret, {
    authorityHost: azure.authority,
    disableInstanceDiscovery: true,
    tlsOptions,
    retryOptions: quick,
  });
  const common = { endpoint: azure.url, tlsOptions, retryOptions: quick };
  return {
    credential,
    compute: new ComputeManagementClient(credential, azure.subscriptionId, common),
    network: new NetworkManagementClient(credential, azure.subscriptionId, common),
    security: new SecurityCenter(credential, azure.subscriptionId, common),
    jit: new SecurityCenter(credential, azure.subscriptionId, common).jitNetworkAccessPolicies,
  };
}

/** A simulator on a clock that stands still, and the real clients of Azure's SDK pointed at it. */
export async function startAzure(options: AzureOptions = {}) {
  const clock = new ManualClock(START_MS);
  const azure = await startAzureSimulator({ clock: clock.now, ...options });
  onTestFinished(() => azure.stop());
  const vmId = (name: string) => {
    const vm = azure.state().machines.find((m) => m.name === name);
    if (!vm) throw new Error(`no machine ${name}`);
    return vm.id;
  };
  const clients = connect(azure);
  /** Writes the policy `default` for those machines, with port 22 for up to three hours from anywhere. */
  const protect = (...names: readonly string[]) =>
    clients.jit.createOrUpdate('rg-prod', 'westeurope', 'default', {
      kind: 'Basic',
      virtualMachines: names.map((name) => ({ id: vmId(name), ports: [port22()] })),
    });
  /** Opens 22 on a machine. */
  const initiate = (name: string, source = '203.0.113.7', minutes = 60) =>
    clients.jit.initiate('rg-prod', 'westeurope', 'default', {
      virtualMachines: [
        {
          id: vmId(name),
          ports: [
            {
              number: 22,
              allowedSourceAddressPrefix: source,
              endTimeUtc: new Date(clock.now() + minutes * MINUTE_MS),
            },
          ],
        },
      ],
      justification: 'deploy',
    });
  const rules = (nsg: string) => azure.state().nsgs.find((g) => g.name === nsg)?.rules ?? [];
  /** Names of the allow rules that Defender has in a group. */
  const allows = (nsg: string) => rules(nsg).filter((r) => r.writer === 'defender' && r.access === 'Allow');
  /** Status and reason of every request of `default`, oldest first, as the API tells. */
  const statuses = async () => {
    const { requests = [] } = await clients.jit.get('rg-prod', 'westeurope', 'default');
    return requests.flatMap((r) =>
      r.virtualMachines.flatMap((vm) => vm.ports.map((p) => `${p.status}/${p.statusReason}`)),
    );
  };
  return { azure, clock, ...clients, vmId, protect, initiate, rules, allows, statuses };
}

/** A port of a policy as the SDK takes it. */
export function port22(change: { allowedSourceAddressPrefix?: string; maxRequestAccessDuration?: string } = {}) {
  return {
    number: 22,
    protocol: 'TCP',
    allowedSourceAddressPrefix: '*',
    maxRequestAccessDuration: 'PT3H',
    ...change,
  };
}

/** Status and code of the refusal that a call of an SDK ends with. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (e: unknown) => e as { statusCode?: number; status?: number; code?: string },
  );
  if (!error) throw new Error('the call was not refused');
  return `${error.statusCode ?? error.status ?? ''} ${error.code}`.trim();
}

export interface RawCall {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One call without an SDK, for what an SDK would never send. */
export function raw(azure: AzureSimulator, { method = 'GET', path, headers = {}, body }: RawCall): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const sent = request(`${azure.url}${path}`, { method, headers, ca: azure.ca, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export type Azure = Awaited<ReturnType<typeof startAzure>>;

/** Sends a JSON body with a good token, past the SDK. */
export async function call({ azure, credential }: Azure, method: string, path: string, body?: unknown) {
  const { token } = await credential.getToken('https://management.azure.com/.default');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const sent = { method, path: `/subscriptions/${azure.subscriptionId}${path}`, headers };
  const reply = await raw(azure, body === undefined ? sent : { ...sent, body: JSON.stringify(body) });
  const { error } = reply.body as { error?: { code: string; message: string } };
  return { status: reply.status, code: error?.code, message: error?.message };
}
