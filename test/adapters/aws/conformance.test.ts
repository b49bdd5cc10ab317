import { cloudConformance } from '../../conformance/cloud.ts';
import { awsHarness } from './harness.ts';

cloudConformance('AWS', () => awsHarness());
cloudConformance('AWS in a default VPC', () => awsHarness({ defaultVpc: true }));
