import ipaddr from 'ipaddr.js';
import { AwsError } from './errors.ts';

/** Documents and commands of Systems Manager, as far as anybody here reads them. */
interface Step {
  readonly name: string;
  readonly precondition: { readonly StringEquals: readonly string[] };
}

export interface Document {
  readonly parameters: Readonly<Record<string, { readonly allowedPattern: string }>>;
  readonly mainSteps: readonly Step[];
}

export interface Command {
  readonly id: string;
  readonly key: string;
  readonly instance: string;
  readonly document: string;
  readonly version: string;
  readonly comment: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly steps: readonly Step[];
  readonly sentMs: number;
  readonly waitMs: number;
  status: 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut';
  details: string;
  output: string;
}

export function checkParameters(known: Document['parameters'], given: Command['parameters']): void {
  const refuse = (why: string) => new AwsError('InvalidParameters', why);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw refuse(`Parameter ${unknown} is not defined in the document`);
  for (const [name, { allowedPattern }] of Object.entries(known)) {
    const [value, ...more] = given[name] ?? [];
    if (value === undefined || more.length > 0) throw refuse(`Parameter ${name} needs one value`);
    if (!new RegExp(allowedPattern).test(value)) throw refuse(`Parameter ${name} does not match ${allowedPattern}`);
  }
}

export function shown({
  id,
  comment,
  document,
  version,
  status,
  instance,
}: Command): Readonly<Record<string, unknown>> {
  return {
    CommandId: id,
    Comment: comment,
    DocumentName: document,
    DocumentVersion: version,
    InstanceIds: [instance],
    Status: status,
  };
}

export function isFrom(address: string, prefix: string): boolean {
  const [network, length] = ipaddr.parseCIDR(prefix);
  const one = ipaddr.parse(address);
  return one.kind() === network.kind() && one.match([network, length] as never);
}
