import { gcpAdapter } from '../../../adapters/gcp/index.ts';
import { type GcpSimulator, type GcpSimulatorOptions, startGcpSimulator } from '../../../simulators/gcp/index.ts';
import { ManualClock } from '../../../simulators/shared/clock.ts';
import { GCP_ZONE } from '../../../simulators/world.ts';
import { DAY_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../../src/core/machine/machine.ts';
import { markSigner } from '../../../src/core/rule/mark.ts';
import type { CallWatch } from '../../../src/ports/meter.ts';
import type { CallKind, CloudHarness } from '../../conformance/cloud-harness.ts';
import { never } from '../../conformance/cloud-steps.ts';

export const INSTALLATION = 'test';
const DAY = { sources: [], longestMs: DAY_MS };
const PROTECTION = { ports: [22, 3389].map((number) => ({ port: { number, protocol: 'tcp' as const }, ...DAY })) };
const ACTION: Readonly<Record<CallKind, RegExp>> = {
  open: /^compute\.firewalls\.(?:insert|patch)$/,
  close: /^compute\.firewalls\.delete$/,
  read: /^compute\.(?!globalOperations).*\.(?:get|list|aggregatedList|getEffectiveFirewalls)$/,
};
const silent = { info() {}, warn() {}, error() {} };

export interface GcpHarness extends CloudHarness {
  readonly adapter: ReturnType<typeof gcpAdapter>;
  readonly sim: GcpSimulator;
  idOf(name: string): MachineId;
  /** `projects`: those of the settings that it is started with, where these are others. */
  restarted(projects?: readonly string[]): ReturnType<typeof gcpAdapter>;
}

/** The simulated Compute Engine with `api-1` protected and `legacy-1` open by its tag, and the real adapter. */
export async function gcpHarness(
  options: GcpSimulatorOptions & { readonly called?: CallWatch } = {},
): Promise<GcpHarness> {
  const clock = new ManualClock(Math.floor(Date.now() / 1000) * 1000);
  const sim = await startGcpSimulator({
    clock: clock.now,
    instances: [
      { name: 'api-1', address: '10.132.0.10', external: '198.51.100.10', ipv6: '2001:db8:1::10' },
      { name: 'legacy-1', address: '10.132.0.30', tags: ['legacy'] },
    ],
    firewalls: [
      {
        name: 'allow-ssh-legacy',
        network: 'default',
        direction: 'INGRESS',
        priority: 1000,
        allowed: [{ IPProtocol: 'tcp', ports: ['22'] }],
        sourceRanges: ['0.0.0.0/0'],
        targetTags: ['legacy'],
      },
    ],
    ...options,
  });
  const marks = markSigner(INSTALLATION, [{ id: 'k1', secret: 'a secret of the tests' }]);
  const settings = { projects: [sim.project], priority: 1000, endpoint: sim.url, credentialsFile: sim.credentialsFile };
  const pause = async (ms: number) => clock.advance(ms);
  const restarted = (projects = settings.projects) =>
    gcpAdapter(
      { ...settings, projects },
      {
        ...{ marks, installation: INSTALLATION, log: silent, now: clock.now, pause },
        ...(options.called && { called: options.called }),
      },
    );
  const adapter = restarted();
  const idOf = (name: string) => machineId('gcp', `${sim.project}/${GCP_ZONE}/${name}`) as MachineId;
  await adapter.protect(idOf('api-1'), PROTECTION, never);
  const rules = () => {
    sim.world.settle();
    return sim.world.firewalls();
  };
  return {
    adapter,
    restarted,
    marks,
    sim,
    idOf,
    machine: idOf('api-1'),
    exposed: idOf('legacy-1'),
    unknown: idOf('nobody'),
    now: clock.now,
    advance: (ms) => clock.advance(ms),
    rulesLeft: () =>
      rules()
        .filter(({ name }) => name.startsWith(`db-${INSTALLATION}-l`))
        .map(({ allowed, sourceRanges }) => `${allowed?.[0]?.ports?.[0]} ${sourceRanges?.[0]}`)
        .sort(),
    rulesOfOthers: () => JSON.stringify(rules().filter(({ name }) => !name.startsWith('db-'))),
    mutations: () => sim.log().filter(({ mutating }) => mutating).length,
    loseReply: (of, times) => sim.faults.add(ACTION[of], { kind: 'lostReply' }, times),
    cut: (of, times) => sim.faults.add(ACTION[of], { kind: 'reset' }, times),
    throttle: (of, times) => sim.faults.add(ACTION[of], { kind: 'throttle' }, times),
    deny: (of, times) => sim.faults.add(ACTION[of], { kind: 'error', status: 403, code: 'forbidden' }, times),
    staleReads: (ms) => sim.faults.add(ACTION.read, { kind: 'stale', ms }, Number.POSITIVE_INFINITY),
    reads: () => sim.log().flatMap(({ mutating, method }) => (mutating ? [] : [method])),
    answerStrangely: (operation, body) =>
      sim.faults.add(operation, { kind: 'strange', body }, Number.POSITIVE_INFINITY),
    behave: () => sim.faults.clear(),
    async deleteMachine(id) {
      sim.human.deleteInstance(id.slice(id.lastIndexOf('/') + 1));
    },
    async openByHand(_, port) {
      sim.human.addRule({
        name: 'by-hand',
        network: 'default',
        direction: 'INGRESS',
        priority: 65_534,
        allowed: [{ IPProtocol: 'tcp', ports: [String(port)] }],
        sourceRanges: ['0.0.0.0/0'],
      });
      return 'by-hand';
    },
    async tamper({ id = '' }, mark) {
      const { description = '' } = sim.world.firewall(id) ?? {};
      sim.human.editRule(id, { description: description.replace(/db1\.\S+/, mark ?? '') });
    },
    stop: () => sim.stop(),
  };
}
