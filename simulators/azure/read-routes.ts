import { Refusal, resourceNotFound } from './errors.ts';
import { type Snapshot, sameId } from './model.ts';
import { NETWORK_API } from './operations.ts';
import { type Call, page, type Route } from './route.ts';
import type { Simulation } from './simulation.ts';
import { isNamed } from './tenant.ts';

const SUBSCRIPTION = '/subscriptions/{subscriptionId}';
export const GROUP = `${SUBSCRIPTION}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network`;

type Located = { readonly id: string; readonly name: string; readonly resourceGroup: string };

/** What one kind of resource of Microsoft.Network needs to be read. */
interface Kind<T extends Located> {
  /** Prefix of its operations in the OpenAPI files (`NetworkSecurityGroups`). */
  readonly operations: string;
  /** Its type without the provider (`networkSecurityGroups`). */
  readonly type: string;
  /** Name of the path parameter in the OpenAPI files. */
  readonly parameter: string;
  readonly items: (view: Snapshot) => ReadonlyMap<string, T>;
  readonly wire: (call: Call, item: T) => unknown;
  /** Names of the lists of the subscription and of a resource group, where they are not `ListAll` and `List`. */
  readonly lists?: readonly [string, string];
}

/** The entity that the call names, or the 404 of Resource Manager. */
export function named<T extends Located>(call: Call, table: ReadonlyMap<string, T>, type: string, name: string): T {
  const group = call.param('resourceGroupName');
  const found = [...table.values()].find(
    (e) => isNamed(call, e) && sameId(e.resourceGroup, group) && sameId(e.name, name),
  );
  if (!found) throw resourceNotFound(`Microsoft.Network/${type}`, name, group);
  return found;
}

/** A read in the api-version of arm-network 39. */
export function read(operation: string, path: string, wire: (call: Call) => unknown): Route {
  const handle: Route['handle'] = (call) => ({ status: 200, body: wire(call) });
  return { area: 'arm', method: 'GET', apiVersion: NETWORK_API, operation, path, handle };
}

function isHidden({ behaviour }: Simulation, resourceGroup: string): boolean {
  return behaviour.hiddenGroups.some((one) => sameId(one, resourceGroup));
}

/** A role may be given for some resource groups only ("Understand scope for Azure RBAC"). */
function refuseHidden(sim: Simulation, call: Call): void {
  if (!isHidden(sim, call.param('resourceGroupName'))) return;
  const message = `The client does not have authorization to perform action over scope '${call.path}'.`;
  throw new Refusal(403, 'AuthorizationFailed', message);
}

/** The GET of one resource, and the lists of the subscription and of a resource group. */
export function reads<T extends Located>(sim: Simulation, kind: Kind<T>): readonly Route[] {
  const { operations, type, parameter, items, wire, lists: [all, some] = ['ListAll', 'List'] } = kind;
  const list = (call: Call, group?: string) => {
    const wanted = [...items(call.view).values()].filter(
      (i) =>
        isNamed(call, i) && (group === undefined || sameId(i.resourceGroup, group)) && !isHidden(sim, i.resourceGroup),
    );
    return page(
      call,
      wanted.map((item) => wire(call, item)),
      sim.behaviour.pageSize,
      sim.origin(),
    );
  };
  const common = { area: 'arm', method: 'GET', apiVersion: NETWORK_API, query: ['$skiptoken'] } as const;
  return [
    {
      ...common,
      operation: `${operations}_${all}`,
      path: `${SUBSCRIPTION}/providers/Microsoft.Network/${type}`,
      handle: (call) => list(call),
    },
    {
      ...common,
      operation: `${operations}_${some}`,
      path: `${GROUP}/${type}`,
      handle: (call) => list(call, call.param('resourceGroupName')),
    },
    read(`${operations}_Get`, `${GROUP}/${type}/{${parameter}}`, (call) => {
      refuseHidden(sim, call);
      return wire(call, named(call, items(call.view), type, call.param(parameter)));
    }),
  ];
}

/** A reference to another resource, as Resource Manager writes it. */
export function ref(id: string | undefined): { readonly id: string } | undefined {
  return id === undefined ? undefined : { id };
}
