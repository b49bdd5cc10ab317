import type { AzureOptions } from '../../../simulators/azure/index.ts';
import { cloudConformance } from '../../conformance/cloud.ts';
import type { CloudHarness } from '../../conformance/cloud-harness.ts';
import { BARE, firewallHarness } from './firewall-harness.ts';
import { azureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

const traits = { oneSourcePerPort: true, fixedEnd: true, fixedMarks: true, ipv4Only: true };
const kinds: readonly (readonly [string, AzureOptions])[] = [
  ['as documented', {}],
  ['that keeps what it could', { onReplace: 'keep', keepRequestsOnPut: true, rewriteOnPut: true, minimumMinutes: 0 }],
  ['that takes its time', { initiatingMs: 3_000, removeLagMs: 30_000, operationMs: 2_000, pageSize: 1 }],
];

for (const [kind, options] of kinds) cloudConformance(`Azure's Defender ${kind}`, () => azureHarness(options), traits);

const nsgKinds: readonly (readonly [string, AzureOptions])[] = [
  ['as documented', {}],
  ['that takes its time', { operationMs: 2_000, pageSize: 1 }],
];
for (const [kind, options] of nsgKinds)
  cloudConformance(`Azure's network security groups ${kind}`, () => nsgHarness(options), { ipv4Only: true });

const slow = { operationMs: 2_000, firewallMs: 4_000, pageSize: 1 };
const firewallKinds: readonly (readonly [string, () => Promise<CloudHarness>])[] = [
  ['with rules of its own', () => firewallHarness('classic')],
  ['with a policy, that takes its time', () => firewallHarness('policy', slow)],
];
for (const [kind, make] of firewallKinds) cloudConformance(`Azure Firewall ${kind}`, make, { ipv4Only: true });
cloudConformance('Azure Firewall before a machine without groups', () => firewallHarness('classic', {}, BARE), {
  ipv4Only: true,
  alwaysOpenTo: 'VirtualNetwork',
});
