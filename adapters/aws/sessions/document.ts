import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Port } from '../../../src/core/rule/port.ts';

/**
 * Nothing in these can end a quotation or a word of a script. The service checks them too, as they stand in the document
 * ("Data elements and parameters", AWS Systems Manager user guide: `allowedPattern`).
 */
const SOURCE = '^(?:[0-9]{1,3}(?:\\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]{2,39}/[0-9]{1,3})$';
const PORTS = '^[0-9]{1,5}(?:,[0-9]{1,5}){0,99}$';

/** The steps of the document: what they are called is what their output is asked for by. */
export const STEPS = { Linux: 'linux', Windows: 'windows' } as const;
export type Platform = keyof typeof STEPS;

/** How long the script may run; it needs a second. */
const EXECUTION_S = '60';

function script(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

function step(platform: Platform, action: string, file: string) {
  return {
    action,
    name: STEPS[platform],
    precondition: { StringEquals: ['platformType', platform] },
    inputs: { timeoutSeconds: EXECUTION_S, runCommand: [script(file)] },
  };
}

/** The one document that is ever run, as manifests/aws/sessions.yaml has it ("Command document", schema version 2.2). */
export const DOCUMENT = {
  schemaVersion: '2.2',
  description: 'Cuts the TCP connections of one source to some ports of a machine, for Drawbridge',
  parameters: {
    Source: { type: 'String', description: 'Prefix that the connections come from', allowedPattern: SOURCE },
    Ports: { type: 'String', description: 'TCP ports of the machine, with commas', allowedPattern: PORTS },
  },
  mainSteps: [step('Linux', 'aws:runShellScript', 'cut.sh'), step('Windows', 'aws:runPowerShellScript', 'cut.ps1')],
};

/** Is what stands in Systems Manager this very document? One that somebody edited may do anything. */
export function isOurs(content: string | undefined): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(content ?? ''), DOCUMENT);
  } catch {
    return false;
  }
}

/** The document's parameters; undefined for what its patterns do not allow. */
export function parametersFor(source: string, ports: readonly Port[]): Record<string, string[]> | undefined {
  const numbers = ports.map(({ number }) => number).join(',');
  const isAllowed = new RegExp(SOURCE).test(source) && new RegExp(PORTS).test(numbers);
  return isAllowed ? { Source: [source], Ports: [numbers] } : undefined;
}

/** What the script said of these ports; undefined unless it says something of each. */
export function answerOf(output: string, ports: readonly Port[]) {
  const lines = [...output.matchAll(/^drawbridge port=(\d{1,5}) found=(\d{1,7}) left=(\d{1,7})\r?$/gm)];
  const told = new Map(lines.map(([, port, found, left]) => [Number(port), [Number(found), Number(left)] as const]));
  const answers = ports.flatMap((port) => {
    const [found, left] = told.get(port.number) ?? [];
    return found === undefined || left === undefined ? [] : [{ port, found, left }];
  });
  return answers.length === ports.length ? answers : undefined;
}

const ERRORS: Readonly<Record<string, string>> = {
  'no-ss': 'the machine has no `ss` (iproute2)',
  'ss-failed': '`ss` failed on the machine',
  'windows-failed': 'Windows did not let the script read or end connections',
};

/** Why the script gave up, where it says so. */
export function scriptError(output: string): string | undefined {
  const [, code = ''] = /^drawbridge error=([a-z-]{1,30})\r?$/m.exec(output) ?? [];
  return ERRORS[code];
}
