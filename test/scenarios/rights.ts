import { readdirSync, readFileSync } from 'node:fs';
import { rolesFor } from '../../src/cli/roles.ts';
import type { RecordedCalls } from './calls.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

interface Template {
  readonly resources: readonly {
    readonly properties: { readonly permissions: readonly { readonly actions: readonly string[] }[] };
  }[];
}

/** What `jit roles azure --for program` allows. */
const azure = new Map(
  (JSON.parse(rolesFor('azure', 'program').text ?? '') as Template).resources
    .flatMap(({ properties }) => properties.permissions.flatMap(({ actions }) => actions))
    .map((right) => [right.toLowerCase(), right]),
);

const ACTION = /\b(?:cloudtrail|ec2|iam|identitystore|logs|organizations|servicequotas|sqs|sso|ssm):([A-Z]\w+)\b(?!')/g; // Not the keys of conditions, which are quoted.
const actionsIn = (text: string) => [...text.matchAll(ACTION)].map(([, name = '']) => name);
/** What `jit roles aws --for program` allows. */
const aws = new Set(actionsIn(rolesFor('aws', 'program').text ?? ''));
/** And what others beside it do: roles for the organization, people, drift. */
const allOfAws = new Set(
  readdirSync(new URL('manifests/aws/', ROOT))
    .filter((name) => name.endsWith('.yaml') && name !== 'fargate.yaml')
    .flatMap((name) => actionsIn(read(`manifests/aws/${name}`))),
);

/** The rows of a table of docs/permissions.md: the right, and the words about it. */
function rowsOf(name: string): ReadonlyMap<string, string> {
  const [, table = ''] = new RegExp(`<!-- ${name} -->([^]*?)<!-- /${name} -->`).exec(read('docs/permissions.md')) ?? [];
  const rows = [...table.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(
    ([, right = '', why = '']) => [right, why] as const,
  );
  return new Map(rows);
}

/** Calls that take another right than their path says, which stands in code marks in the reason, or none. */
const otherwise = rowsOf('otherwise');
/** Rights that no transcript uses, and why they are there. */
const unused = rowsOf('unused');

function rightsOf(call: string): readonly string[] {
  const words = otherwise.get(call);
  return words === undefined ? [call] : [...words.matchAll(/`([^`]+)`/g)].map(([, right = '']) => right);
}

/** The calls that the printed roles would refuse. */
export function refused(calls: RecordedCalls): readonly string[] {
  const inAzure = [...calls.azure].flatMap(rightsOf).filter((right) => !azure.has(right.toLowerCase()));
  const inAws = [...calls.aws].flatMap(rightsOf).filter((action) => !allOfAws.has(action));
  return [...new Set([...inAzure, ...inAws])];
}

/** The rights that no call used and no reason explains; and reasons for what is used, or in no role. */
export function notUsed(all: readonly RecordedCalls[]): readonly string[] {
  const used = new Set(
    all.flatMap((calls) => [...calls.azure, ...calls.aws].flatMap(rightsOf)).map((one) => one.toLowerCase()),
  );
  const rights = [...azure.values(), ...aws];
  const idle = rights.filter((right) => !used.has(right.toLowerCase()));
  return [
    ...idle.filter((right) => !unused.has(right)).map((right) => `${right}: no call uses it, and no reason is given`),
    ...[...unused.keys()].filter((right) => !idle.includes(right)).map((right) => `${right}: a reason too many`),
  ];
}
