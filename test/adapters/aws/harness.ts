import { vi } from 'vitest';
import { awsAdapter } from '../../../adapters/aws/index.ts';
import type { StrategyName } from '../../../adapters/aws/settings.ts';
import {
  type AwsSimulator,
  type AwsSimulatorOptions,
  type MachineSpec,
  startAwsSimulator,
} from '../../../simulators/aws/index.ts';
import { ManualClock } from '../../../simulators/shared/clock.ts';
import { AWS_ACCOUNT_ID, AWS_REGION } from '../../../simulators/world.ts';
import { DAY_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../../src/core/machine/machine.ts';
import { type MarkKey, markSigner } from '../../../src/core/rule/mark.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { CallWatch } from '../../../src/ports/meter.ts';
import type { CallKind, CloudHarness } from '../../conformance/cloud-harness.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { KeptReplies } from '../../simulators/service-model.ts';

export const INSTALLATION = 'test';
export const SESSIONS_DOCUMENT = 'drawbridge-cut-sessions';
const KEY: MarkKey = { id: 'k1', secret: 'a secret of the tests' };
const DAY = { sources: [], longestMs: DAY_MS };
/** What the tests protect. */
export const PROTECTION = {
  ports: [22, 3389].map((number) => ({ port: { number, protocol: 'tcp' as const }, ...DAY })),
};

const machines: readonly MachineSpec[] = [
  {
    name: 'api-1',
    privateIp: '10.1.0.10',
    publicIp: '198.51.100.10',
    ipv6: ['2001:db8:1::10'],
    groups: [{ name: 'api', rules: [{ port: 443, source: '0.0.0.0/0' }] }],
  },
  {
    name: 'legacy-1',
    privateIp: '10.1.0.30',
    groups: [{ name: 'launch-wizard-1', rules: [{ port: 22, source: '0.0.0.0/0' }] }],
  },
];

const ACTION: Readonly<Record<CallKind, string | RegExp>> = {
  open: /^(AuthorizeSecurityGroupIngress|CreateTags)$/,
  close: 'RevokeSecurityGroupIngress',
  read: /^Describe/,
};

/** Log lines that were written, by their messages. */
export interface TestLog extends Log {
  readonly lines: string[];
}

export function testLog(): TestLog {
  const lines: string[] = [];
  const add = (_: unknown, message: string) => void lines.push(message);
  return { lines, info: add, warn: add, error: add };
}

export interface AwsHarness extends CloudHarness {
  readonly adapter: ReturnType<typeof awsAdapter>;
  /** The program started again, with another strategy or other regions in its settings where they are given. */
  readonly restarted: (strategy?: StrategyName, regions?: readonly string[]) => ReturnType<typeof awsAdapter>;
  readonly sim: AwsSimulator;
  readonly log: TestLog;
  /** What is held against the service models of AWS when it ends. */
  readonly replies: KeptReplies;
  /** The actions that were called since `sim.log()` was this long. */
  actionsSince(length: number): readonly string[];
  idOf(name: string): MachineId;
}

/** Rules of a group but for the one that makes it unlike all others, which leads nowhere (RFC 6666). */
export function realRules<R extends { readonly direction: string; readonly source: string }>(rules: readonly R[] = []) {
  return rules.filter(({ direction, source }) => direction === 'ingress' || !source.startsWith('100::'));
}

interface AwsHarnessOptions extends AwsSimulatorOptions {
  readonly asUser?: boolean;
  readonly strategy?: StrategyName;
  readonly paced?: boolean;
  readonly called?: CallWatch;
  readonly foreignInterfaces?: 'refuse' | 'detach';
  readonly entitlement?: string;
  readonly watching?: boolean;
  readonly identityCenter?: boolean;
  readonly drift?: string;
  /** `api-1` has an agent and the tag, and the document of manifests/aws is deployed. */
  readonly cutSessions?: boolean;
  readonly flowLogs?: boolean;
  /** Where the adapter learns of the simulator: its settings unless told. */
  readonly endpointFrom?: 'environment';
}

/**
 * The simulated AWS with `api-1` protected and `legacy-1` open, and the real adapter. It assumes a role, unless hours pass on
 * the clock: the SDK judges by real time when to assume it again.
 */
export async function awsHarness(options: AwsHarnessOptions = {}): Promise<AwsHarness> {
  const clock = new ManualClock(Date.now());
  const replies = new KeptReplies();
  const onReply = replies.add;
  const sim = await startAwsSimulator({
    clock: clock.now,
    instances: machines,
    maxSkewMs: DAY_MS,
    onReply,
    ...options,
  });
  const marks = markSigner(INSTALLATION, [KEY]);
  const log = testLog();
  if (options.endpointFrom) vi.stubEnv('AWS_ENDPOINT_URL', sim.url);
  const role = (arn: string) => ({ arn, externalId: sim.externalId });
  const settings = {
    accounts: [
      {
        id: sim.accountId,
        regions: [sim.region],
        ...(options.asUser ? {} : { role: role(sim.roleArn), onboarder: role(sim.onboarderArn) }),
      },
    ],
    ...(options.endpointFrom ? {} : { endpoint: sim.url }),
    trace: true,
    // A busy machine answers late: that a call has a limit is tested where the limit is.
    callMs: 60_000,
    ...(options.watching ? { drift: sim.queue.url } : {}),
    ...(options.drift ? { drift: options.drift } : {}),
    ...(options.cutSessions ? { cutSessions: SESSIONS_DOCUMENT } : {}),
    ...(options.flowLogs ? { flowLogs: true } : {}),
    ...(options.identityCenter ? { identityCenter: centerOf(sim) } : {}),
    ...(options.entitlement ? { entitlement: options.entitlement } : {}),
    ...(options.paced ? { paced: true } : {}),
    ...(options.foreignInterfaces ? { foreignInterfaces: options.foreignInterfaces } : {}),
    credentials: { accessKeyId: sim.accessKeyId, secretAccessKey: sim.secretAccessKey },
  };
  const pause = async (ms: number) => clock.advance(ms);
  const around = { marks, installation: INSTALLATION, log, now: clock.now, pause };
  const restarted = (strategy = options.strategy ?? 'dedicated', regions: readonly string[] = [sim.region]) =>
    awsAdapter(
      { ...settings, accounts: settings.accounts.map((one) => ({ ...one, regions })), strategy },
      { ...around, ...(options.called && { called: options.called }) },
    );
  const adapter = restarted();
  const idOf = (name: string): MachineId => {
    const found = sim.state().instances.find((one) => one.name === name);
    const id = machineId('aws', `${AWS_ACCOUNT_ID}:${AWS_REGION}:${found?.id}`);
    if (!id) throw new Error(`no machine ${name}`);
    return id;
  };
  const instanceOf = (machine: MachineId) => machine.slice(machine.lastIndexOf(':') + 1);
  const machine = idOf('api-1');
  await adapter.protect(machine, PROTECTION, never);
  const ours = () =>
    sim
      .state()
      .groups.filter(({ name }) => name.startsWith('drawbridge-'))
      .flatMap(({ rules }) => rules.filter(({ direction }) => direction === 'ingress'));
  return {
    adapter,
    restarted,
    marks,
    machine,
    exposed: idOf('legacy-1'),
    unknown: machineId('aws', `${AWS_ACCOUNT_ID}:${AWS_REGION}:i-00000000000000000`) as MachineId,
    sim,
    log,
    replies,
    idOf,
    actionsSince: (length) =>
      sim
        .log()
        .slice(length)
        .map(({ action }) => action),
    now: clock.now,
    advance: (ms) => clock.advance(ms),
    rulesOfOthers: () => JSON.stringify(sim.state().groups.filter(({ name }) => !name.startsWith('drawbridge-'))),
    rulesLeft: () =>
      ours()
        .map(({ fromPort, source }) => `${fromPort} ${source}`)
        .sort(),
    mutations: () => sim.log().filter(({ mutating }) => mutating).length,
    loseReply: (of, times) => sim.faults.add(ACTION[of], { kind: 'lostReply' }, times),
    cut: (of, times) => sim.faults.add(ACTION[of], { kind: 'reset' }, times),
    throttle: (of, times) => sim.faults.add(ACTION[of], { kind: 'throttle' }, times),
    deny: (of, times) =>
      sim.faults.add(ACTION[of], { kind: 'error', status: 403, code: 'UnauthorizedOperation' }, times),
    staleReads: (ms) => sim.faults.add(ACTION.read, { kind: 'stale', ms }, Number.POSITIVE_INFINITY),
    reads: () => sim.log().flatMap(({ mutating, action }) => (mutating ? [] : [action])),
    answerStrangely: (operation, body) =>
      sim.faults.add(operation, { kind: 'strange', body }, Number.POSITIVE_INFINITY),
    behave: () => sim.faults.clear(),
    async deleteMachine(id) {
      sim.human.terminate(instanceOf(id));
    },
    async openByHand(id, port) {
      const group = sim
        .state()
        .interfaces.filter(({ instanceId }) => instanceId === instanceOf(id))
        .flatMap(({ groups }) => groups)
        .map((one) => sim.state().groups.find(({ id: known }) => known === one))
        .find((one) => one && !one.name.startsWith('drawbridge-'));
      if (!group) throw new Error('the machine has no other group');
      sim.human.addRule(group.id, { port, source: '0.0.0.0/0' });
      return group.name;
    },
    async tamper(placement, mark) {
      const rule = ours().find(({ id }) => id === placement.id);
      if (!rule) throw new Error('no such rule');
      const { 'drawbridge:mark': _, ...rest } = rule.tags;
      sim.human.setTags(rule.id, mark === undefined ? rest : { ...rest, 'drawbridge:mark': mark });
    },
    async stop() {
      await sim.stop();
      const odd = replies.faults();
      if (odd.length > 0) throw new Error(`The simulator answers what AWS does not: ${odd.join('; ')}`);
    },
  };
}

function centerOf({ identityCenter, accountId, region }: AwsSimulator) {
  const { instanceArn, identityStoreId } = identityCenter;
  return { instanceArn, identityStoreId, region, account: accountId };
}
