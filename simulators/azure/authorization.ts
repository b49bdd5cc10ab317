import { randomUUID } from 'node:crypto';
import { badRequest, Refusal } from './errors.ts';
import { typeIn } from './governance.ts';
import { sameId } from './model.ts';
import { type Call, type Caller, page, type Route } from './route.ts';
import type { Simulation } from './simulation.ts';

interface Permission {
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
}

export interface RoleSpec {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

interface Held {
  readonly id: string;
  readonly scope: string;
  readonly role: string;
  readonly principal: string;
  readonly condition?: string | undefined;
}

export interface DenySpec {
  readonly name: string;
  readonly scope: string;
  readonly permissions: readonly Permission[];
  readonly principals: readonly { readonly id: string; readonly type: string }[];
  readonly excludePrincipals?: readonly { readonly id: string; readonly type: string }[];
  readonly doNotApplyToChildScopes?: boolean;
}

const VERSION = '2022-04-01';
const PIM_VERSION = '2020-10-01';
const TYPE = 'Microsoft.Authorization';
/** “All principals” in a deny assignment. */
const EVERYBODY = '00000000-0000-0000-0000-000000000000';

/** Scopes that the program asks about: `/subscriptions/…` and what is below. Resource Manager takes any depth. */
const SCOPES = [
  '/subscriptions/{subscriptionId}',
  '/subscriptions/{subscriptionId}/resourceGroups/{group}',
  '/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/{namespace}/{type}/{name}',
  '/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/{namespace}/{parentType}/{parent}/{type}/{name}',
];

/**
 * Role assignments, role definitions, deny assignments and eligible roles ("Azure role-based access control REST API"),
 * as far as they are read. The subscription is in the management group `root`.
 */
export function authorization(sim: Simulation) {
  const roles = new Map<string, RoleSpec>();
  const groups = new Map<string, readonly string[]>();
  let assigned: readonly Held[] = [];
  let eligible: readonly Held[] = [];
  /** What the program's own identity may do, as it is told; what it does is not looked at. */
  let own: readonly Permission[] = [{ actions: ['*'] }];
  let denies: readonly (DenySpec & { readonly id: string })[] = [];

  const roleId = (call: Call, key: string) =>
    `/subscriptions/${call.path.split('/')[2]}/providers/${TYPE}/roleDefinitions/${key}`;
  /** The person and all groups that hold them, however deep. */
  const selves = (oid: string): readonly string[] => {
    const found = new Set([oid]);
    for (const self of found) for (const [group, members] of groups) if (members.includes(self)) found.add(group);
    return [...found];
  };
  const isAtOrAbove = (outer: string, inner: string) =>
    outer.startsWith('/providers/Microsoft.Management/managementGroups/') ||
    sameId(outer, inner) ||
    inner.toLowerCase().startsWith(`${outer.toLowerCase()}/`);
  const scopeOf = ({ path }: Call) => path.slice(0, path.toLowerCase().indexOf(`/providers/${TYPE}/`.toLowerCase()));
  const hold = (all: readonly Held[], kind: string, spec: Omit<Held, 'id'>): readonly Held[] => [
    ...all,
    { ...spec, id: `${spec.scope}/providers/${TYPE}/${kind}/${randomUUID()}` },
  ];

  function routesFor(operation: string, kind: string, apiVersion: string, answer: (call: Call) => readonly unknown[]) {
    return SCOPES.map(
      (scope): Route => ({
        operation,
        area: 'arm',
        method: 'GET',
        path: `${scope}/providers/${TYPE}/${kind}`,
        apiVersion,
        query: ['$filter', '$skiptoken'],
        handle: (call) => page(call, answer(call), sim.behaviour.pageSize, sim.origin()),
      }),
    );
  }

  /** The person of the one filter that is understood; anything else is refused, as Azure refuses what it does not know. */
  function personIn(call: Call, pattern: RegExp): string {
    const filter = call.query.get('$filter') ?? '';
    const [, oid] = pattern.exec(filter) ?? [];
    if (oid === undefined) throw badRequest(`The filter '${filter}' is not supported.`, 'UnsupportedQuery');
    return oid.toLowerCase();
  }

  const routes: readonly Route[] = [
    ...routesFor('RoleAssignments_ListForScope', 'roleAssignments', VERSION, (call) => {
      const own = selves(personIn(call, /^atScope\(\) and assignedTo\('([0-9a-f-]{36})'\)$/i));
      return assigned
        .filter(({ scope, principal }) => isAtOrAbove(scope, scopeOf(call)) && own.includes(principal))
        .map(({ id, scope, role, principal, condition }) => ({
          id,
          name: id.split('/').at(-1),
          type: `${TYPE}/roleAssignments`,
          properties: {
            roleDefinitionId: roleId(call, role),
            principalId: principal,
            principalType: groups.has(principal) ? 'Group' : 'User',
            scope,
            ...(condition ? { condition, conditionVersion: '2.0' } : {}),
          },
        }));
    }),
    ...routesFor('DenyAssignments_ListForScope', 'denyAssignments', VERSION, (call) => {
      if (call.query.get('$filter') !== 'atScope()')
        throw badRequest('The filter is not supported.', 'UnsupportedQuery');
      return denies
        .filter(({ scope }) => isAtOrAbove(scope, scopeOf(call)))
        .map(({ id, name, permissions, ...rest }) => ({
          id,
          name: id.split('/').at(-1),
          type: `${TYPE}/denyAssignments`,
          properties: {
            denyAssignmentName: name,
            permissions: permissions.map(({ actions, notActions = [] }) => ({
              actions,
              notActions,
              dataActions: [],
              notDataActions: [],
            })),
            doNotApplyToChildScopes: false,
            excludePrincipals: [],
            isSystemProtected: true,
            ...rest,
          },
        }));
    }),
    ...routesFor(
      'RoleEligibilityScheduleInstances_ListForScope',
      'roleEligibilityScheduleInstances',
      PIM_VERSION,
      (call) => {
        const own = selves(personIn(call, /^assignedTo\('([0-9a-f-]{36})'\)$/i));
        return eligible
          .filter(({ principal }) => own.includes(principal))
          .map(({ id, scope, role, principal }) => ({
            id,
            name: id.split('/').at(-1),
            type: `${TYPE}/roleEligibilityScheduleInstances`,
            properties: {
              scope,
              roleDefinitionId: roleId(call, role),
              principalId: principal,
              principalType: groups.has(principal) ? 'Group' : 'User',
              status: 'Provisioned',
              memberType: 'Direct',
            },
          }));
      },
    ),
    {
      operation: 'Subscriptions_Get',
      area: 'arm',
      method: 'GET',
      path: '/subscriptions/{subscriptionId}',
      apiVersion: '2022-12-01',
      handle: (call) => ({
        status: 200,
        body: {
          id: `/subscriptions/${call.param('subscriptionId')}`,
          subscriptionId: call.param('subscriptionId'),
          tenantId: sim.behaviour.ownerTenant,
          displayName: 'Production',
          state: 'Enabled',
        },
      }),
    },
    {
      // What the caller may do there ("Permissions - List For Resource Group").
      operation: 'Permissions_ListForResourceGroup',
      area: 'arm',
      method: 'GET',
      path: `/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/${TYPE}/permissions`,
      apiVersion: VERSION,
      handle: () => ({
        status: 200,
        body: {
          value: own.map(({ actions, notActions = [] }) => ({
            actions,
            notActions,
            dataActions: [],
            notDataActions: [],
          })),
        },
      }),
    },
    {
      operation: 'RoleDefinitions_GetById',
      area: 'arm',
      method: 'GET',
      path: `/subscriptions/{subscriptionId}/providers/${TYPE}/roleDefinitions/{role}`,
      apiVersion: VERSION,
      handle: (call) => {
        const key = call.param('role');
        const role = roles.get(key);
        if (!role) throw new Refusal(404, 'RoleDefinitionDoesNotExist', `The role definition '${key}' does not exist.`);
        const permissions = role.permissions.map(({ actions, notActions = [] }) => ({
          actions,
          notActions,
          dataActions: [],
          notDataActions: [],
        }));
        const properties = {
          roleName: role.name,
          type: 'CustomRole',
          description: '',
          assignableScopes: ['/'],
          permissions,
        };
        return { status: 200, body: { id: roleId(call, key), name: key, type: `${TYPE}/roleDefinitions`, properties } };
      },
    },
  ];

  /** Refuses a change that a deny assignment forbids its caller; who may read is not looked at. */
  function check({ objectId }: Caller, method: string, path: string): void {
    if (method === 'GET' || /^\/providers\//i.test(path)) return;
    const { type, rest } = typeIn(path);
    const verb = method === 'PUT' ? 'write' : method === 'DELETE' ? 'delete' : `${rest.join('/')}/action`;
    const action = `${type}/${verb}`;
    const isAction = (glob: string) =>
      new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(action);
    const isMeant = ({ id }: { readonly id: string }) =>
      id === EVERYBODY || selves(objectId.toLowerCase()).includes(id.toLowerCase());
    const found = denies.find(
      ({ scope, permissions, principals, excludePrincipals = [] }) =>
        isAtOrAbove(scope, path) &&
        principals.some(isMeant) &&
        !excludePrincipals.some(isMeant) &&
        permissions.some(({ actions, notActions = [] }) => actions.some(isAction) && !notActions.some(isAction)),
    );
    if (!found) return;
    const message = `The client '${objectId}' with object id '${objectId}' has permission to perform action '${action}' on scope '${path}'; however, the access is denied because of the deny assignment with name '${found.name}' and Id '${found.id.split('/').at(-1)}' at scope '${found.scope}'.`;
    throw new Refusal(403, 'DenyAssignmentAuthorizationFailed', message);
  }

  return {
    routes,
    check,
    human: {
      /** Makes a role definition, or another one of it; `key` is the last part of its id. */
      defineRole(key: string, role: RoleSpec): void {
        roles.set(key, role);
      },
      /** What the program's own identity is told that it may do. */
      grantSelf(permissions: readonly Permission[]): void {
        own = permissions;
      },
      /** Puts people and groups into a group, and nobody else. */
      setGroup(group: string, members: readonly string[]): void {
        groups.set(group, members);
      },
      assignRole(principal: string, role: string, scope: string, condition?: string): void {
        assigned = hold(assigned, 'roleAssignments', { principal: principal.toLowerCase(), role, scope, condition });
      },
      unassignRoles(principal: string): void {
        assigned = assigned.filter((one) => one.principal !== principal.toLowerCase());
      },
      makeEligible(principal: string, role: string, scope: string): void {
        eligible = hold(eligible, 'roleEligibilityScheduleInstances', {
          principal: principal.toLowerCase(),
          role,
          scope,
        });
      },
      deny(spec: DenySpec): void {
        denies = [...denies, { ...spec, id: `${spec.scope}/providers/${TYPE}/denyAssignments/${randomUUID()}` }];
      },
      undeny(name: string): void {
        denies = denies.filter((one) => one.name !== name);
      },
    },
  };
}
