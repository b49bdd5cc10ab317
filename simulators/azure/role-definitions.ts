import { badRequest, Refusal } from './errors.ts';
import type { Call, Reply, Route } from './route.ts';
import type { Simulation } from './simulation.ts';

const TYPE = 'Microsoft.Authorization/roleDefinitions';
const VERSION = '2022-04-01';
const PATH = `/subscriptions/{subscriptionId}/providers/${TYPE}`;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** "Azure custom roles": at most so many characters. */
const LONGEST_NAME = 512;

type Json = Readonly<Record<string, unknown>>;

interface Custom {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: {
    readonly roleName: string;
    readonly type: 'CustomRole';
    readonly description: string;
    readonly assignableScopes: readonly string[];
    readonly permissions: readonly Json[];
  };
}

/** A built-in one, which every list has too. */
const OWNER = {
  id: `/providers/${TYPE}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635`,
  name: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  type: TYPE,
  properties: {
    roleName: 'Owner',
    type: 'BuiltInRole',
    description: '',
    assignableScopes: ['/'],
    permissions: [{ actions: ['*'] }],
  },
};

/** Custom roles of the tenant: "Role Definitions - List" and "- Create Or Update". */
export function roleDefinitions({ subscriptions }: Pick<Simulation, 'subscriptions'>) {
  const custom = new Map<string, Custom>();
  const isIn = (call: Call) => (one: Custom) =>
    one.properties.assignableScopes.some(
      (scope) => scope.toLowerCase() === `/subscriptions/${call.param('subscriptionId')}`.toLowerCase(),
    );
  function put(call: Call): Reply {
    const name = call.param('role').toLowerCase();
    if (!UUID.test(name)) throw badRequest('The role definition ID is not a GUID.', 'RoleDefinitionIdIsNotAGuid');
    const properties = read(call.body);
    const other = [...custom.values()].find(
      (one) => one.name !== name && one.properties.roleName.toLowerCase() === properties.roleName.toLowerCase(),
    );
    if (other)
      throw new Refusal(
        409,
        'RoleDefinitionWithSameNameExists',
        'A custom role with the same name already exists in this directory.',
      );
    const known = [...subscriptions.keys()].map((id) => `/subscriptions/${id}`.toLowerCase());
    const wrong = properties.assignableScopes.find((scope) => !known.includes(scope.toLowerCase()));
    if (properties.assignableScopes.length === 0 || wrong !== undefined)
      throw badRequest(`The assignable scope '${wrong}' is not valid.`, 'InvalidAssignableScope');
    const id = `/subscriptions/${call.param('subscriptionId')}/providers/${TYPE}/${name}`;
    const made: Custom = { id, name, type: TYPE, properties };
    if (!isIn(call)(made))
      throw badRequest('A role is written in a scope that it can be assigned in.', 'InvalidAssignableScope');
    custom.set(name, made);
    return { status: 201, body: made, note: properties.roleName };
  }
  const routes: readonly Route[] = [
    {
      operation: 'RoleDefinitions_List',
      area: 'arm',
      method: 'GET',
      path: PATH,
      apiVersion: VERSION,
      handle: (call) => ({ status: 200, body: { value: [OWNER, ...[...custom.values()].filter(isIn(call))] } }),
    },
    {
      operation: 'RoleDefinitions_CreateOrUpdate',
      area: 'arm',
      method: 'PUT',
      path: `${PATH}/{role}`,
      apiVersion: VERSION,
      handle: put,
    },
  ];
  return {
    routes,
    /** The custom roles that there are, by their names. */
    all: () => new Map([...custom.values()].map((one) => [one.properties.roleName, one.properties])),
    /** Somebody takes one away. */
    remove(roleName: string): void {
      for (const [key, one] of custom) if (one.properties.roleName === roleName) custom.delete(key);
    },
    /** Somebody changes what one may do. */
    allow(roleName: string, actions: readonly string[]): void {
      for (const [key, one] of custom) {
        if (one.properties.roleName !== roleName) continue;
        custom.set(key, { ...one, properties: { ...one.properties, permissions: [{ actions }] } });
      }
    },
  };
}

function read(body: unknown): Custom['properties'] {
  const { properties, ...rest } = (body ?? {}) as { readonly properties?: Json };
  if (!properties || Object.keys(rest).length > 0)
    throw badRequest('The body is not a role definition.', 'InvalidRequestContent');
  const { roleName, type, description, assignableScopes, permissions, ...unknown } = properties;
  const isName = typeof roleName === 'string' && roleName !== '' && roleName.length <= LONGEST_NAME;
  const isWhole =
    isName && type === 'CustomRole' && typeof description === 'string' && Object.keys(unknown).length === 0;
  if (!isWhole || !isTexts(assignableScopes) || !Array.isArray(permissions) || permissions.length !== 1)
    throw badRequest('The role definition is not valid.', 'InvalidRequestContent');
  const [permission = {}] = permissions as readonly Json[];
  const kinds = ['actions', 'notActions', 'dataActions', 'notDataActions'];
  const all = Object.entries(permission);
  if (all.some(([kind, list]) => !kinds.includes(kind) || !isTexts(list)))
    throw badRequest('The permissions are not valid.', 'InvalidRequestContent');
  const actions = all.flatMap(([, list]) => list as readonly string[]);
  const wrong = actions.find(
    (action) => !/^(?:Microsoft\.[A-Za-z]+\/)[A-Za-z/*]+\/(?:read|write|delete|action)$/.test(action),
  );
  if (wrong !== undefined || actions.length === 0)
    throw badRequest(
      `'${wrong}' does not match any of the actions supported by the providers.`,
      'InvalidActionOrNotAction',
    );
  return { roleName, type, description, assignableScopes, permissions };
}

function isTexts(list: unknown): list is readonly string[] {
  return Array.isArray(list) && list.every((one) => typeof one === 'string');
}
