import { createHash } from 'node:crypto';
import type { Config } from '../config/schema.ts';
import { checkedConfig } from '../configuration.ts';
import { badConfig } from '../core/errors/bad-config.ts';
import type { CloudName } from '../core/machine/machine.ts';
import { meaningOf } from '../core/view/doctor-page.ts';
import type { RoleDefinition, RoleMaker } from '../ports/role-maker.ts';
import { roleMaker } from '../surveys.ts';
import { type RoleBearer, rolesFor } from './roles.ts';

const LIMIT_MS = 5 * 60_000;
const DIGEST_LETTERS = 10;

export interface CreateOptions {
  readonly for?: RoleBearer;
  /** The digest that stood under what it would do. */
  readonly yes?: string;
  readonly dryRun?: boolean;
}

/** What is to be done for one role: where it is written, and in words. */
interface Step {
  readonly at: string;
  readonly role: RoleDefinition;
  readonly lines: readonly string[];
}

/**
 * `jit roles azure --create`: makes the roles that `jit roles azure` prints, for all subscriptions of drawbridge.yaml, with the sign-in at
 * hand (`az login`). It says first what it would do, and does it when the digest of that is given back. What is right is left alone, so that
 * it can be run again; nothing is assigned, and nothing is deleted.
 */
export async function createRolesVerb(file: string, where: CloudName, options: CreateOptions): Promise<void> {
  const other = ELSEWHERE[where];
  if (other !== undefined) throw badConfig([other], undefined, 'The command');
  const { config } = await checkedConfig(file, { offline: true });
  if (!config.azure) throw badConfig([`${file} has no section azure`], undefined, 'The command');
  const { subscriptions, tenantId } = config.azure;
  const maker = await roleMaker(accessOf(config.azure));
  const signal = AbortSignal.timeout(LIMIT_MS);
  // One of another tenant has roles of its own.
  const own = subscriptions.filter((one) => (one.tenantId ?? tenantId) === tenantId).map(({ id }) => id.toLowerCase());
  const steps = await planned(maker, own, options.for, signal);
  for (const line of steps.flatMap(({ lines }) => lines)) console.log(line);
  const others = subscriptions.length - own.length;
  if (others > 0)
    console.log(`${others} subscriptions are in other tenants: sign in there, and give a file with these alone.`);
  if (steps.length === 0) return console.log('All roles are there, as they should be. Nothing is to be done.');
  const digest = digestOf(steps);
  if (options.dryRun) return console.log(`Nothing was done. To do this: --yes ${digest}`);
  if (options.yes !== digest) {
    const why =
      options.yes === undefined ? 'Nothing was done.' : 'Nothing was done: this is not what that digest was of.';
    console.error(`${why} If this is right, run it again with --yes ${digest}`);
    process.exitCode = 1;
    return;
  }
  await done(maker, steps, signal);
}

/** Whoever is signed in here, and not Drawbridge itself, which may make no roles. */
function accessOf(azure: NonNullable<Config['azure']>): Parameters<typeof roleMaker>[0] {
  const { tenantId, cloud, resourceManager, authority, caFile, disableInstanceDiscovery } = azure;
  return {
    ...{ tenantId, cloud, disableInstanceDiscovery },
    ...(resourceManager === undefined ? {} : { resourceManager }),
    ...(authority === undefined ? {} : { authority }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

async function done(maker: RoleMaker, steps: readonly Step[], signal: AbortSignal): Promise<void> {
  let failed = 0;
  for (const { at, role } of steps) {
    try {
      await maker.put(at, role, signal);
      console.log(`“${role.name}” is written.`);
    } catch (error) {
      failed += 1;
      console.error(`“${role.name}” is not written, as far as is known: ${meaningOf(error)}`);
    }
  }
  if (failed === 0)
    return console.log('Azure may take some minutes until they can be assigned: docs/permissions.md says to whom.');
  console.error(
    `${failed} of ${steps.length} roles are missing. It takes Microsoft.Authorization/roleDefinitions/write in every subscription (Owner, or User Access Administrator). Run it again: what is there is left alone.`,
  );
  process.exitCode = 1;
}

async function planned(
  maker: RoleMaker,
  subscriptions: readonly string[],
  bearer: RoleBearer | undefined,
  signal: AbortSignal,
): Promise<readonly Step[]> {
  const { text, note } = rolesFor('azure', bearer);
  if (note !== undefined) console.error(note);
  if (text === undefined) return [];
  const there = (await Promise.all(subscriptions.map((id) => maker.find(id, signal)))).flat();
  const scopes = subscriptions.map((id) => `/subscriptions/${id}`);
  const [first = ''] = subscriptions;
  return wantedIn(text).flatMap((wanted): readonly Step[] => {
    const found = there.find(({ name }) => name === wanted.name);
    // It stays assignable wherever it was.
    const known = found?.scopes ?? [];
    const more = scopes.filter((scope) => !known.some((one) => one.toLowerCase() === scope));
    const role = { ...wanted, scopes: [...known, ...more], ...(found?.id === undefined ? {} : { id: found.id }) };
    const lines = found ? changesOf(found, role, more) : created(role);
    return lines.length === 0 ? [] : [{ at: subscriptionOf(known) ?? first, role, lines }];
  });
}

/** A role is written where it can be assigned. */
function subscriptionOf(scopes: readonly string[]): string | undefined {
  return scopes.flatMap((scope) => /^\/subscriptions\/([^/]+)$/i.exec(scope)?.[1] ?? [])[0];
}

function created({ name, actions, dataActions, scopes }: RoleDefinition): readonly string[] {
  const rights = [...actions, ...dataActions].map((action) => `    ${action}`);
  return [`Make “${name}”, for ${scopes.join(', ')}:`, ...rights];
}

function changesOf(found: RoleDefinition, role: RoleDefinition, more: readonly string[]): readonly string[] {
  const all = ({ actions, dataActions }: RoleDefinition) => new Set([...actions, ...dataActions]);
  const [before, after] = [all(found), all(role)];
  const lines = [
    ...[...after.difference(before)].map((action) => `    + ${action}`),
    ...[...before.difference(after)].map((action) => `    - ${action}`),
    ...more.map((scope) => `    + assignable in ${scope}`),
  ];
  return lines.length === 0 ? [] : [`Change “${role.name}”:`, ...lines];
}

/** What makes them where this does not. */
const ELSEWHERE: Readonly<Record<CloudName, string | undefined>> = {
  azure: undefined,
  aws: 'roles of AWS are made by CloudFormation: `jit roles aws > roles.yaml`, whose first lines have the command',
  gcp: 'roles of Google Cloud are made by gcloud: `jit roles gcp > role.yaml`, whose first lines have the command',
};

interface Template {
  readonly resources: readonly {
    readonly properties: {
      readonly roleName: string;
      readonly description: string;
      readonly permissions: readonly {
        readonly actions: readonly string[];
        readonly dataActions?: readonly string[];
      }[];
    };
  }[];
}

/** The roles of a template of manifests/azure. */
function wantedIn(text: string): readonly Omit<RoleDefinition, 'id' | 'scopes'>[] {
  return (JSON.parse(text) as Template).resources.map(({ properties: { roleName, description, permissions } }) => ({
    name: roleName,
    description,
    actions: permissions.flatMap(({ actions }) => actions),
    dataActions: permissions.flatMap(({ dataActions = [] }) => dataActions),
  }));
}

function digestOf(steps: readonly Step[]): string {
  return createHash('sha256').update(JSON.stringify(steps)).digest('hex').slice(0, DIGEST_LETTERS);
}
