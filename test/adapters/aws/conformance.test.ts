import { cloudConformance } from '../../conformance/cloud.ts';
import { awsHarness } from './harness.ts';

cloudConformance('AWS', () => awsHarness());
cloudConformance('AWS, a group for each request', () => awsHarness({ strategy: 'perRequest' }));
cloudConformance('AWS in a default VPC', () => awsHarness({ defaultVpc: true }));
