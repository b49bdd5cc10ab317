import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { type AwsHarness, INSTALLATION, SESSIONS_DOCUMENT } from './harness.ts';

interface Template {
  readonly Resources: { readonly CutSessions: { readonly Properties: { readonly Content: object } } };
}

const text = readFileSync(new URL('../../../manifests/aws/sessions.yaml', import.meta.url), 'utf8');

/** The document as people deploy it. */
export const DEPLOYED = (parse(text, { maxAliasCount: 0 }) as Template).Resources.CutSessions.Properties.Content;

export function instanceOf(machine: MachineId): string {
  return machine.slice(machine.lastIndexOf(':') + 1);
}

/** Somebody does all that cutting takes: the document, the tag, and an agent. */
export function makeReady({ sim, machine }: AwsHarness, platform: 'Linux' | 'Windows' = 'Linux'): void {
  sim.systemsManager.putDocument({ account: sim.accountId, region: sim.region }, SESSIONS_DOCUMENT, DEPLOYED);
  sim.human.setTags(instanceOf(machine), { Name: 'api-1', 'drawbridge:cut-sessions': INSTALLATION });
  sim.systemsManager.setAgent(instanceOf(machine), { platform, isOnline: true });
}
