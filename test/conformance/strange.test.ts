import { awsHarness } from '../adapters/aws/harness.ts';
import { firewallHarness } from '../adapters/azure/firewall-harness.ts';
import { azureHarness } from '../adapters/azure/harness.ts';
import { nsgHarness } from '../adapters/azure/nsg-harness.ts';
import { gcpHarness } from '../adapters/gcp/harness.ts';
import { strangeConformance } from './cloud-strange.ts';

strangeConformance('AWS', () => awsHarness());
strangeConformance("Azure's Defender", () => azureHarness());
strangeConformance("Azure's network security groups", () => nsgHarness({}));
strangeConformance('Azure Firewall', () => firewallHarness('classic'));
strangeConformance('Google Cloud', () => gcpHarness());
