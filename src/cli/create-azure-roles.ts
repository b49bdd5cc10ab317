import type { Config } from '../config/schema.ts';
import type { RoleDefinition } from '../ports/role-maker.ts';
import { roleMaker } from '../surveys.ts';
import { complain } from './output.ts';
import type { CreateOptions, RolePlan, RoleStep } from './role-plan.ts';
import { rolesFor } from './roles.ts';

/** What makes the roles of the manifest right for all subscriptions of drawbridge.yaml that are in its own tenant. */
export async function azureRoleSteps(
  { azure }: Config,
  options: CreateOptions,
  signal: AbortSignal,
): Promise<RolePlan> {
  const { subscriptions = [], tenantId } = azure ?? {};
  // One of another tenant has roles of its own.
  const own = subscriptions.filter((one) => (one.tenantId ?? tenantId) === tenantId).map(({ id }) => id.toLowerCase());
  const others = subscriptions.length - own.length;
  return {
    steps: azure ? await planned(azure, own, options, signal) : [],
    notes:
      others > 0
        ? [`${others} subscriptions are in other tenants: sign in there, and give a file with these alone.`]
        : [],
    after: 'Azure may take some minutes until they can be assigned: docs/permissions.md says to whom.',
    takes: 'Microsoft.Authorization/roleDefinitions/write in every subscription (Owner, or User Access Administrator)',
  };
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

async function planned(
  azure: NonNullable<Config['azure']>,
  subscriptions: readonly string[],
  options: CreateOptions,
  signal: AbortSignal,
): Promise<readonly RoleStep[]> {
  const { text, note } = rolesFor('azure', options.for);
  if (note !== undefined) complain(note);
  if (text === undefined) return [];
  const maker = await roleMaker(accessOf(azure));
  const there = (await Promise.all(subscriptions.map((id) => maker.find(id, signal)))).flat();
  const scopes = subscriptions.map((id) => `/subscriptions/${id}`);
  const [first = ''] = subscriptions;
  return wantedIn(text).flatMap((wanted): readonly RoleStep[] => {
    const found = there.find(({ name }) => name === wanted.name);
    // It stays assignable wherever it was.
    const known = found?.scopes ?? [];
    const more = scopes.filter((scope) => !known.some((one) => one.toLowerCase() === scope));
    const role = { ...wanted, scopes: [...known, ...more], ...(found?.id === undefined ? {} : { id: found.id }) };
    const lines = found ? changesOf(found, role, more) : created(role);
    const at = subscriptionOf(known) ?? first;
    if (lines.length === 0) return [];
    return [{ name: role.name, lines, writes: { at, role }, done: (abort) => maker.put(at, role, abort) }];
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
