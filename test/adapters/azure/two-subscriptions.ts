import type { AzureOptions } from '../../../simulators/azure/index.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { bestFirst, tracedAs } from '../../../src/core/machine/trace.ts';
import { never, rule } from '../../conformance/cloud-steps.ts';
import type { AzureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

export const OTHER = '99998888-7777-4666-8555-444433332222';
export const STRANGER = '203.0.113.99';

/** Is it in drawbridge.yaml, and the credential has no role there; or is it not even that? */
export const KINDS = [
  ['is not configured', false],
  ['may not be read', true],
] as const;

/** The simulated Azure with another subscription, of which nothing can be read; `web-1` is not protected. */
export async function twoSubscriptions(isConfigured: boolean, options: AzureOptions = {}) {
  const cloud: AzureHarness = await nsgHarness(options);
  const { human } = cloud.sim;
  human.setMembers(OTHER, []);
  const more = isConfigured ? [{ id: OTHER }] : [];
  const adapter = cloud.adapterFor({ ...cloud.settings, subscriptions: [...cloud.settings.subscriptions, ...more] });
  await adapter.unprotect(cloud.machine, never);
  /** What is around a machine is remembered for some seconds. */
  const later = () => cloud.advance(11_000);
  const observe = (machine: MachineId) => {
    later();
    return adapter.observe(machine, [], never);
  };
  return {
    cloud,
    adapter,
    human,
    later,
    isIn: (from = STRANGER, machine = 'web-1') => cloud.sim.reachable({ from, machine, port: 22 }),
    async state(machine = cloud.machine) {
      return (await observe(machine)).effective.find(({ port }) => port.number === 22);
    },
    async others(machine = cloud.machine) {
      const { others } = await observe(machine);
      return others.filter(({ port }) => port.number === 22).map(({ source, through }) => `${source} ${through}`);
    },
    async ways(source = `${STRANGER}/32`) {
      later();
      const traced = await adapter.trace({ ...rule(cloud.machine), source }, never);
      return bestFirst(traced.ways).map((way) => `${way.to}: ${tracedAs(way)}`);
    },
    async verdict(name: string) {
      later();
      return (await adapter.assess(never)).machines.find(({ machine }) => machine.name === name);
    },
    open: (group: string, source: string | readonly string[] = '*') =>
      human.addRule(group, { name: 'wide', priority: 300, source, ports: '22' }),
  };
}

export type TwoSubscriptions = Awaited<ReturnType<typeof twoSubscriptions>>;
