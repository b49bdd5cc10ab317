import { vi } from 'vitest';
import { cloudConformance } from '../../conformance/cloud.ts';
import { sourceGroupConformance } from '../../conformance/cloud-source-group.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

cloudConformance('AWS', () => awsHarness());
cloudConformance('an EC2-compatible endpoint of the environment', async () => {
  // Who names no endpoint in the configuration may name it where every AWS SDK looks.
  const aws = await awsHarness({ endpointFrom: 'environment' });
  return {
    ...aws,
    stop: async () => {
      await aws.stop();
      vi.unstubAllEnvs();
    },
  };
});
cloudConformance('AWS, a group for each request', () => awsHarness({ strategy: 'perRequest' }));
cloudConformance('AWS in a default VPC', () => awsHarness({ defaultVpc: true }));

const wizard = ({ sim }: AwsHarness) => sim.state().groups.find(({ name }) => name === 'launch-wizard-1')?.id ?? '';
sourceGroupConformance('AWS', () => awsHarness(), wizard);
sourceGroupConformance('AWS, a group for each request', () => awsHarness({ strategy: 'perRequest' }), wizard);
