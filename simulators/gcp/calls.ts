import { checkFirewall, type FirewallBody, readBody } from './check.ts';
import { GcpError, invalid, notFound, notReady } from './errors.ts';
import type { Firewall, Instance, Operation } from './model.ts';
import { type Views, viewsOf } from './view.ts';
import type { GcpWorld } from './world.ts';

/** One call, taken apart. */
export interface Call {
  readonly method: string;
  /** Behind `/compute/v1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body?: unknown;
  /** A read shows the rules as they were so long ago. */
  readonly staleMs: number;
}

interface Done {
  /** As Google's audit log names it: `compute.firewalls.insert`. */
  readonly method: string;
  readonly mutating: boolean;
  /** Nothing has happened before this is called. */
  answer(): unknown;
}

export interface CallOptions {
  readonly project: string;
  readonly world: GcpWorld;
  /** From the call to its effect, and half of it pending. */
  readonly operationMs: number;
  /** The error that the next operation ends with, after its 200. */
  nextFailure(): Operation['error'];
}

const MOST_PER_PAGE = 500;
const PARAMETERS = new Set([
  'maxResults',
  'pageToken',
  'filter',
  'networkInterface',
  'requestId',
  'returnPartialSuccess',
]);

/** Which method of the API a call is. What the reference does not have is refused. */
export function route(options: CallOptions, call: Call): Done {
  for (const key of call.query.keys())
    if (!PARAMETERS.has(key))
      throw new GcpError(400, 'badRequest', `Unknown name "${key}": Cannot bind query parameter.`);
  const prefix = `/projects/${options.project}/`;
  if (!call.path.startsWith(prefix)) {
    const [, , project = ''] = call.path.split('/');
    throw new GcpError(404, 'notFound', `The resource 'projects/${project}' was not found`);
  }
  const parts = call.path.slice(prefix.length).split('/').map(decodeURIComponent);
  const found = firewallCall(options, call, parts) ?? readCall(options, call, parts);
  if (!found) throw new GcpError(404, 'notFound', `Not Found: ${call.method} ${call.path}`);
  return found;
}

function firewallCall(
  options: CallOptions,
  call: Call,
  [scope, kind, name, more]: readonly string[],
): Done | undefined {
  const { world, project } = options;
  if (scope !== 'global' || kind !== 'firewalls' || more !== undefined) return undefined;
  const views = viewsOf(project);
  const was = () => world.firewalls(call.staleMs);
  switch (`${call.method} ${name === undefined ? 'all' : 'one'}`) {
    case 'GET all':
      return read('compute.firewalls.list', () =>
        page(
          call,
          was()
            .filter(fits(call.query.get('filter')))
            .map(views.firewall),
        ),
      );
    case 'GET one':
      return read('compute.firewalls.get', () =>
        views.firewall(was().find((rule) => rule.name === name) ?? gone(project, name ?? '')),
      );
    case 'POST all':
      return write('compute.firewalls.insert', () => insert(options, views, readBody(call.body)));
    case 'PATCH one':
      return write('compute.firewalls.patch', () => patch(options, views, name ?? '', readBody(call.body)));
    case 'DELETE one':
      return write('compute.firewalls.delete', () => {
        if (!world.firewall(name ?? '')) gone(project, name ?? '');
        return begin(options, views, 'delete', name ?? '', () => world.delete(name ?? ''));
      });
    default:
      return undefined;
  }
}

function readCall({ world, project }: CallOptions, call: Call, parts: readonly string[]): Done | undefined {
  if (call.method !== 'GET') return undefined;
  const views = viewsOf(project);
  const [scope, kind, name, of, more] = parts;
  if (scope === 'aggregated' && kind === 'instances' && name === undefined)
    return read('compute.instances.aggregatedList', () => aggregated(call, [...world.instances.values()], views));
  if (scope === 'global' && kind === 'operations' && name !== undefined && of === undefined)
    return read('compute.globalOperations.get', () => {
      const operation = world.operations.get(name);
      if (!operation) throw notFound(`projects/${project}/global/operations/${name}`);
      return views.operation(operation, world.now());
    });
  if (scope === 'global' && kind === 'networks' && name !== undefined && of === undefined)
    return read('compute.networks.get', () => {
      const network = world.networks.get(name);
      if (!network) throw notFound(`projects/${project}/global/networks/${name}`);
      return {
        kind: 'compute#network',
        name,
        networkFirewallPolicyEnforcementOrder: network.order ?? 'AFTER_CLASSIC_FIREWALL',
      };
    });
  if (scope !== 'zones' || of === undefined || name !== 'instances') return undefined;
  const find = (): Instance => {
    const found = [...world.instances.values()].find((one) => one.zone === kind && (one.name === of || one.id === of));
    if (!found) throw notFound(`projects/${project}/zones/${kind}/instances/${of}`);
    return found;
  };
  if (more === undefined) return read('compute.instances.get', () => views.instance(find()));
  if (more !== 'getEffectiveFirewalls') return undefined;
  return read('compute.instances.getEffectiveFirewalls', () => {
    if (call.query.get('networkInterface') !== 'nic0')
      throw invalid('networkInterface', call.query.get('networkInterface'), 'No such network interface.');
    const one = find();
    const rules = world.firewalls(call.staleMs).filter(({ network }) => network === one.network);
    return {
      firewalls: rules.filter((rule) => isFor(rule, one)).map(views.firewall),
      firewallPolicys: world.networks.get(one.network)?.policies ?? [],
    };
  });
}

const read = (method: string, answer: () => unknown): Done => ({ method, mutating: false, answer });
const write = (method: string, answer: () => unknown): Done => ({ method, mutating: true, answer });

function gone(project: string, name: string): never {
  throw notFound(`projects/${project}/global/firewalls/${name}`);
}

/** Tags or service accounts say which machines; without either it is for all of the network. */
function isFor({ targetTags = [], targetServiceAccounts = [] }: Firewall, one: Instance): boolean {
  if (targetTags.length > 0) return targetTags.some((tag) => one.tags?.includes(tag));
  return targetServiceAccounts.length === 0 || targetServiceAccounts.includes(one.serviceAccount ?? '');
}

function insert(options: CallOptions, views: Views, body: FirewallBody): unknown {
  const { world, project } = options;
  const { network: url = 'global/networks/default', ...rest } = body;
  const network = url.slice(url.lastIndexOf('/') + 1);
  // Without any source it is everybody (Compute Engine API, Firewall.sourceRanges).
  const hasSource = [rest.sourceRanges, rest.sourceTags, rest.sourceServiceAccounts].some(
    (one) => (one ?? []).length > 0,
  );
  const rule: FirewallBody = {
    ...{ direction: 'INGRESS', priority: 1000 },
    ...rest,
    ...(hasSource || rest.direction === 'EGRESS' ? {} : { sourceRanges: ['0.0.0.0/0'] }),
    network,
  };
  checkFirewall(rule);
  if (!world.networks.has(network)) throw notFound(`projects/${project}/global/networks/${network}`);
  const name = rule.name ?? '';
  if (world.firewall(name) || world.isBusy(name))
    throw new GcpError(
      409,
      'alreadyExists',
      `The resource 'projects/${project}/global/firewalls/${name}' already exists`,
    );
  const made = { ...rule, id: world.id() } as Firewall;
  return begin(options, views, 'insert', name, () => world.put(made));
}

const FIXED = ['name', 'network', 'direction'] as const;

function patch(options: CallOptions, views: Views, name: string, body: FirewallBody): unknown {
  const before = options.world.firewall(name) ?? gone(options.project, name);
  for (const key of FIXED)
    if (body[key] !== undefined && body[key] !== before[key])
      throw invalid(`resource.${key}`, body[key], 'Cannot be changed.');
  const after = { ...before, ...body };
  checkFirewall(after);
  return begin(options, views, 'patch', name, () => options.world.put(after));
}

function begin(
  options: CallOptions,
  views: Views,
  operationType: Operation['operationType'],
  target: string,
  effect: () => void,
): unknown {
  const { world, operationMs, project } = options;
  if (world.isBusy(target)) throw notReady(`projects/${project}/global/firewalls/${target}`);
  const now = world.now();
  const error = options.nextFailure();
  const operation: Operation = {
    name: `operation-${world.id()}`,
    operationType,
    target,
    startsAt: now + operationMs / 2,
    doneAt: now + operationMs,
    effect,
    done: false,
    ...(error ? { error } : {}),
  };
  world.operations.set(operation.name, operation);
  return views.operation(operation, now);
}

/** `name eq prefix.*` is what is served of the filter language; what else there is is refused. */
function fits(filter: string | null): (rule: Firewall) => boolean {
  if (filter === null) return () => true;
  const [, pattern] = /^name eq ([-a-z0-9.*]+)$/.exec(filter) ?? [];
  if (pattern === undefined) throw invalid('filter', filter, 'Invalid list filter expression.');
  const regex = new RegExp(`^(?:${pattern})$`);
  return ({ name }) => regex.test(name);
}

function page(call: Call, all: readonly unknown[]): unknown {
  const { items, next } = slice(call, all);
  return { kind: 'compute#firewallList', ...(items.length > 0 ? { items } : {}), ...next };
}

function slice(call: Call, all: readonly unknown[]) {
  const most = Number(call.query.get('maxResults') ?? MOST_PER_PAGE);
  if (!(most >= 1 && most <= MOST_PER_PAGE)) throw invalid('maxResults', most, 'Must be between 0 and 500.');
  const from = Number(call.query.get('pageToken') ?? 0);
  if (!Number.isInteger(from) || from < 0) throw invalid('pageToken', from, 'Invalid page token.');
  const next = from + most < all.length ? { nextPageToken: String(from + most) } : {};
  return { items: all.slice(from, from + most), next };
}

/** By zone; a zone without machines on the page says so. */
function aggregated(call: Call, instances: readonly Instance[], views: Views): unknown {
  const { items, next } = slice(call, instances);
  const here = items as readonly Instance[];
  const zones = [...new Set([...instances.map(({ zone }) => zone), 'us-east1-b'])];
  const scopes = zones.map((zone) => {
    const own = here.filter((one) => one.zone === zone).map(views.instance);
    const none = {
      warning: { code: 'NO_RESULTS_ON_PAGE', message: `There are no results for scope 'zones/${zone}' on this page.` },
    };
    return [`zones/${zone}`, own.length > 0 ? { instances: own } : none];
  });
  return { kind: 'compute#instanceAggregatedList', items: Object.fromEntries(scopes), ...next };
}
