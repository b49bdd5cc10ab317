import type { AzureOptions } from '../../../simulators/azure/index.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { CallKind } from '../../conformance/cloud-harness.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

const OPERATION: Readonly<Record<CallKind, string | RegExp>> = {
  open: 'SecurityRules_CreateOrUpdate',
  close: 'SecurityRules_Delete',
  read: /_(Get|List\w*)$/,
};

/** The same Azure without a Defender plan, and the adapter with rules of its own. */
export async function nsgHarness(options: AzureOptions = {}): Promise<AzureHarness> {
  const cloud = await azureHarness(options, 'nsg');
  const { sim } = cloud;
  const allows = () =>
    sim
      .state()
      .nsgs.flatMap(({ name, rules }) =>
        rules
          .filter((rule) => rule.name.startsWith('drawbridge-test-allow-'))
          .map((rule) => ({ group: name, ...rule })),
      );
  return {
    ...cloud,
    rulesLeft: () =>
      [...new Set(allows().map(({ ports, sources }) => `${ports} ${sources.map(parseSource).join(',')}`))].sort(),
    loseReply: (of, times) => sim.faults.add(OPERATION[of], { kind: 'lostReply' }, times),
    cut: (of, times) => sim.faults.add(OPERATION[of], { kind: 'reset' }, times),
    throttle: (of, times) => sim.faults.add(OPERATION[of], { kind: 'throttle' }, times),
    deny: (of, times) =>
      sim.faults.add(OPERATION[of], { kind: 'error', status: 403, code: 'AuthorizationFailed' }, times),
    async tamper({ id = '' }, mark) {
      for (const { group, name } of allows().filter(({ name }) => name === id))
        sim.human.editRule(group, name, { description: mark });
    },
  };
}
