import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecurityCenter } from '@azure/arm-security';
import { ClientSecretCredential } from '@azure/identity';
import { type AzureSettings, azureAdapter } from '../../../adapters/azure/index.ts';
import { type AzureOptions, type AzureSimulator, startAzureSimulator } from '../../../simulators/azure/index.ts';
import { ManualClock } from '../../../simulators/shared/clock.ts';
import { DAY_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../../src/core/machine/machine.ts';
import { type MarkKey, markSigner } from '../../../src/core/rule/mark.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { CallWatch } from '../../../src/ports/meter.ts';
import type { CallKind, CloudHarness } from '../../conformance/cloud-harness.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type TestLog, testLog } from './log.ts';

const INSTALLATION = 'test';
const KEY: MarkKey = { id: 'k1', secret: 'a secret of the tests' };
const DAY = { sources: [], longestMs: DAY_MS };
/** What the tests protect. */
export const PROTECTION = {
  ports: [22, 3389].map((number) => ({ port: { number, protocol: 'tcp' as const }, ...DAY })),
};
/** Instants of the tests begin here: 2026-03-02 09:00 UTC. */
export const START_MS = Date.UTC(2026, 2, 2, 9);

const OPERATION: Readonly<Record<CallKind, string | RegExp>> = {
  open: 'JitNetworkAccessPolicies_Initiate',
  close: 'SecurityRules_Delete',
  read: /_(Get|List\w*)$/,
};
const MUTATING = /^(JitNetworkAccessPolicies_(Initiate|CreateOrUpdate|Delete)|SecurityRules_(CreateOrUpdate|Delete))$/;

export interface AzureHarness extends CloudHarness {
  readonly adapter: ReturnType<typeof azureAdapter>;
  readonly sim: AzureSimulator;
  readonly log: TestLog;
  readonly settings: AzureSettings;
  /** Operations that were called since the log was this long. */
  callsSince(length: number): readonly string[];
  idOf(name: string): MachineId;
  /** Names of Defender's allow rules in a group. */
  allowsIn(group: string): readonly string[];
  adapterFor(settings: AzureSettings): AzureHarness['adapter'];
  /** Somebody asks for access in the portal. */
  askInPortal(port: number, source: string, minutes: number): void;
  /** The policies, for somebody who writes them past the program and tries nothing twice. */
  readonly policies: SecurityCenter['jitNetworkAccessPolicies'];
  /** Somebody writes the policy anew with the same machines, and forgets its records. */
  writePolicyAnew(): Promise<void>;
}

/** The simulated Azure with `web-1` protected (in two groups) and `jump-1` open, and the real adapter. */
export async function azureHarness(
  options: AzureOptions = {},
  backend: NonNullable<AzureSettings['backend']> = 'defender',
  called?: CallWatch,
): Promise<AzureHarness> {
  const clock = new ManualClock(START_MS);
  const sim = await startAzureSimulator({ clock: clock.now, ...options });
  if (backend === 'nsg') sim.human.setPlan('Free');
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-azure-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, sim.ca);
  const marks = markSigner(INSTALLATION, [KEY]);
  const log = testLog();
  const settings: AzureSettings = {
    tenantId: sim.tenantId,
    clientId: sim.clientId,
    clientSecret: sim.clientSecret,
    subscriptions: [{ id: sim.subscriptionId }],
    backend,
    resourceManager: sim.url,
    authority: sim.authority,
    disableInstanceDiscovery: true,
    caFile,
  };
  const pause = async (ms: number) => clock.advance(ms);
  const adapterFor = (changed: AzureSettings) =>
    azureAdapter(changed, {
      ...{ marks, installation: INSTALLATION, log, now: clock.now, pause },
      ...(called && { called }),
    });
  const restarted = () => adapterFor(settings);
  const adapter = restarted();
  const machineOf = (name: string) => {
    const found = sim.state().machines.find((one) => one.name === name);
    if (!found) throw new Error(`no machine ${name}`);
    return found;
  };
  const idOf = (name: string) => machineId('azure', machineOf(name).id) as MachineId;
  const nameOf = (id: MachineId) => id.slice(id.lastIndexOf('/') + 1);
  const allows = () =>
    sim.state().nsgs.flatMap((nsg) => nsg.rules.filter((r) => r.access === 'Allow' && r.writer === 'defender'));
  const machine = idOf('web-1');
  const tlsOptions = { ca: sim.ca };
  const sign = { tlsOptions, disableInstanceDiscovery: true, authorityHost: sim.authority };
  const credential = new ClientSecretCredential(sim.tenantId, sim.clientId, sim.clientSecret, sign);
  const wire = { endpoint: sim.url, tlsOptions, retryOptions: { maxRetries: 0 } };
  const policies = new SecurityCenter(credential, sim.subscriptionId, wire).jitNetworkAccessPolicies;
  await adapter.protect(machine, PROTECTION, never);
  return {
    adapter,
    restarted,
    adapterFor,
    settings,
    marks,
    machine,
    exposed: idOf('jump-1'),
    unknown: machine.replace(/web-1$/, 'gone-1') as MachineId,
    sim,
    log,
    idOf,
    allowsIn: (group) =>
      (sim.state().nsgs.find(({ name }) => name === group)?.rules ?? [])
        .filter((r) => r.access === 'Allow' && r.writer === 'defender')
        .map(({ name }) => name),
    callsSince: (length) =>
      sim
        .log()
        .slice(length)
        .map(({ operation }) => operation),
    now: clock.now,
    advance: (ms) => clock.advance(ms),
    askInPortal: (port, source, minutes) =>
      sim.human.initiate({ machine: 'web-1', port, source, minutes, requestor: 'sam@example.com' }),
    policies,
    async writePolicyAnew() {
      const { virtualMachines } = await policies.get('rg-prod', 'westeurope', 'default');
      await policies.createOrUpdate('rg-prod', 'westeurope', 'default', { kind: 'Basic', virtualMachines });
    },
    rulesOfOthers: () =>
      JSON.stringify(sim.state().nsgs.map(({ name, rules }) => [name, rules.filter((r) => r.writer === 'customer')])),
    rulesLeft: () =>
      [...new Set(allows().map(({ ports, sources }) => `${ports} ${sources.map(parseSource).join(',')}`))].sort(),
    mutations: () => sim.log().filter(({ operation }) => MUTATING.test(operation)).length,
    loseReply: (of, times) => sim.faults.add(OPERATION[of], { kind: 'lostReply' }, times),
    cut: (of, times) => sim.faults.add(OPERATION[of], { kind: 'reset' }, times),
    throttle: (of, times) => sim.faults.add(OPERATION[of], { kind: 'throttle' }, times),
    deny: (of, times) =>
      sim.faults.add(OPERATION[of], { kind: 'error', status: 403, code: 'AuthorizationFailed' }, times),
    staleReads: (ms) => sim.faults.add(OPERATION.read, { kind: 'stale', ms }, Number.POSITIVE_INFINITY),
    reads: () => sim.log().flatMap(({ operation }) => (MUTATING.test(operation) ? [] : [operation])),
    answerStrangely: (operation, body) =>
      sim.faults.add(operation, { kind: 'strange', body }, Number.POSITIVE_INFINITY),
    behave: () => sim.faults.clear(),
    async deleteMachine(id) {
      sim.human.deleteVm(nameOf(id));
    },
    async openByHand(id, port) {
      const name = `by-hand-${port}`;
      for (const group of machineOf(nameOf(id)).nsgs)
        sim.human.addRule(group, { name, priority: 250, source: '*', ports: String(port) });
      return name;
    },
    tamper: () => Promise.reject(new Error('nobody can write a record of Defender')),
    async stop() {
      rmSync(folder, { recursive: true });
      await sim.stop();
    },
  };
}
