import type { GcpSimulatorOptions } from '../gcp/index.ts';

/** What the demo has in Google Cloud, where it has it: a machine to request, and one that a tag leaves open. */
export const googleWorld: GcpSimulatorOptions = {
  operationMs: 300,
  instances: [
    { name: 'query-1', address: '10.132.0.10', external: '198.51.100.60', labels: { env: 'prod', team: 'data' } },
    { name: 'report-1', address: '10.132.0.30', labels: { env: 'prod', team: 'data' }, tags: ['ssh'] },
  ],
  firewalls: [
    {
      name: 'default-allow-ssh',
      network: 'default',
      direction: 'INGRESS',
      priority: 65534,
      allowed: [{ IPProtocol: 'tcp', ports: ['22'] }],
      sourceRanges: ['0.0.0.0/0'],
      targetTags: ['ssh'],
    },
  ],
};
