import { cloudConformance } from '../../conformance/cloud.ts';
import { gcpHarness } from './harness.ts';

cloudConformance('Google Cloud', () => gcpHarness());
