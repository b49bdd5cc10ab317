import { randomUUID } from 'node:crypto';
import { badRequest } from './errors.ts';
import { typeIn } from './governance.ts';
import type { World } from './history.ts';
import type { Nic, Nsg, Subnet, Tables } from './model.ts';
import { type Call, type Caller, page, type Route } from './route.ts';
import type { Simulation } from './simulation.ts';

/** What the tests choose: Azure promises little of it. */
export interface ActivityBehaviour {
  /** How long a record takes to be there: "3 to 20 minutes"; 0 unless told. */
  lagMs: number;
  /** Of a write all its records are there, or only `Started` and `Accepted` (as users report of long ones). */
  isWhole: boolean;
}

interface Kept {
  readonly atMs: number;
  readonly subscription: string;
  readonly provider: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** Who did something, as the log names them. */
interface Actor {
  readonly caller: string;
  readonly address: string;
  readonly claims: Readonly<Record<string, string>>;
}

/** A call of the program; its `x-ms-correlation-request-id` is the log's correlation id. */
interface CalledBy extends Pick<Call, 'path' | 'remote'> {
  readonly method: string;
  readonly correlationId: string;
}

/** The service principal of Defender for Cloud: no person, and not the program. */
const DEFENDER: Actor = {
  caller: '0de7e4de-0000-4000-8000-00000000da7a',
  address: '',
  claims: { appid: '0de7e4de-0000-4000-8000-00000000da7a' },
};
const PERSON: Actor = {
  caller: 'cleo@contoso.example',
  address: '203.0.113.77',
  claims: { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'cleo@contoso.example' },
};
const JIT = 'Microsoft.Security/locations/jitNetworkAccessPolicies';
const KEEPS_MS = 90 * 24 * 3_600_000;
const PAGE = 200;
const FILTER = /^eventTimestamp ge '([^']+)' and eventTimestamp le '([^']+)'(?: and resourceProvider eq '([\w.]+)')?$/;

/**
 * The activity log ("Activity Logs - List", 2015-04-01; "Azure activity log event schema"): of each write the records Started,
 * Accepted and Succeeded, which share an operation id. What the program calls is written down by its path, what anybody else does
 * by what it changed.
 */
export class ActivityLog {
  readonly behaviour: ActivityBehaviour = { lagMs: 0, isWhole: true };
  readonly #world: World;
  #records: Kept[] = [];
  #isCalled = false;

  constructor(world: World) {
    this.#world = world;
    world.watch((table, before, after) => this.#changed(table, before, after));
  }

  /** What a call of the program does is its own, but for rules that Defender writes because of it. */
  during<T>(caller: Caller, call: CalledBy, work: () => T): T {
    this.#isCalled = true;
    try {
      const result = work();
      const verb = { PUT: 'write', DELETE: 'delete', POST: 'action' }[call.method];
      const { type, rest } = typeIn(call.path);
      if (verb && /^Microsoft\.(?:Network|Security)\//i.test(type) && !/effective/i.test(call.path)) {
        const id = verb === 'action' ? call.path.replace(/\/[^/]+$/, '') : call.path;
        const name = verb === 'action' ? `${call.path.split('/').at(-1)}/action` : verb;
        const operation = [type, ...(verb === 'action' ? [] : rest), name].join('/');
        const actor = { caller: caller.appId, address: call.remote, claims: { appid: caller.appId } };
        this.#keep(id, operation, actor, call.correlationId);
      }
      return result;
    } finally {
      this.#isCalled = false;
    }
  }

  list(call: Call, origin: string): ReturnType<typeof page> {
    const [, from, to, provider] = FILTER.exec(call.query.get('$filter') ?? '') ?? [];
    if (from === undefined || to === undefined)
      throw badRequest('The $filter is required, and has eventTimestamp, and one more at most.', 'BadRequest');
    const now = this.#world.nowMs;
    const [begin, end] = [Math.max(Date.parse(from), now - KEEPS_MS), Date.parse(to)];
    const subscription = call.param('subscriptionId').toLowerCase();
    const found = this.#records.filter(
      (one) =>
        one.subscription === subscription &&
        one.atMs >= begin &&
        one.atMs <= end &&
        one.atMs + this.behaviour.lagMs <= now &&
        (provider === undefined || one.provider === provider.toLowerCase()),
    );
    return page(
      call,
      found.toReversed().map(({ record }) => record),
      PAGE,
      origin,
    );
  }

  /** What changed without a call of its own: by a person, or by Defender, whose time came or who was asked. */
  #changed(table: keyof Tables, before: Tables[keyof Tables] | undefined, after: Tables[keyof Tables]): void {
    if (table === 'nsgs') this.#rules(before as Nsg | undefined, after as Nsg);
    if (table === 'nsgs' || this.#isCalled) return;
    const [old, now] = [before as Partial<Nic & Subnet> | undefined, after as Partial<Nic & Subnet> & { id: string }];
    if (table === 'requests' && !before)
      this.#keep((after as { policyId: string }).policyId, `${JIT}/initiate/action`, PERSON);
    if (!before || old?.nsgId === now.nsgId) return;
    if (table === 'nics') this.#keep(now.id, 'Microsoft.Network/networkInterfaces/write', PERSON);
    if (table === 'subnets') this.#keep(now.id, 'Microsoft.Network/virtualNetworks/subnets/write', PERSON);
  }

  #rules(before: Nsg | undefined, after: Nsg): void {
    if (!before || before.rules === after.rules) return;
    const old = new Map(before.rules.map((rule) => [rule.name, rule]));
    for (const rule of after.rules) {
      const same = old.get(rule.name);
      old.delete(rule.name);
      if (same?.etag !== rule.etag) this.#rule(after, rule, 'write');
    }
    for (const rule of old.values()) this.#rule(after, rule, 'delete');
  }

  #rule({ id }: Nsg, { name, writer }: Nsg['rules'][number], verb: 'write' | 'delete'): void {
    const isDefenders = writer === 'defender';
    // The program's own is written down by its call.
    if (this.#isCalled && !isDefenders) return;
    const operation = `Microsoft.Network/networkSecurityGroups/securityRules/${verb}`;
    if (this.#isCalled && verb === 'delete') return;
    this.#keep(`${id}/securityRules/${name}`, operation, isDefenders ? DEFENDER : PERSON);
  }

  #keep(
    resourceId: string,
    operation: string,
    { caller, address, claims }: Actor,
    correlationId: string = randomUUID(),
  ): void {
    const atMs = this.#world.nowMs;
    const [, , subscription = ''] = resourceId.split('/');
    const operationId = randomUUID();
    const provider = /\/providers\/([^/]+)/i.exec(resourceId)?.[1] ?? '';
    const words = this.behaviour.isWhole ? ['Started', 'Accepted', 'Succeeded'] : ['Started', 'Accepted'];
    for (const word of words)
      this.#records.push({
        atMs,
        subscription: subscription.toLowerCase(),
        provider: provider.toLowerCase(),
        record: {
          eventDataId: randomUUID(),
          operationId,
          correlationId,
          eventName: { value: word === 'Started' ? 'BeginRequest' : 'EndRequest' },
          category: { value: 'Administrative' },
          level: 'Informational',
          caller,
          claims,
          authorization: { action: operation, scope: resourceId },
          ...(address ? { httpRequest: { clientIpAddress: address, method: 'PUT' } } : {}),
          operationName: { value: operation, localizedValue: operation },
          resourceProviderName: { value: provider },
          resourceId,
          status: { value: word },
          subStatus: { value: '' },
          eventTimestamp: new Date(atMs).toISOString(),
          submissionTimestamp: new Date(atMs + this.behaviour.lagMs).toISOString(),
          subscriptionId: subscription,
        },
      });
    if (this.#records.length > 20_000) this.#records = this.#records.slice(-10_000);
  }
}

export function activityRoutes(sim: Simulation, log: ActivityLog): readonly Route[] {
  return [
    {
      operation: 'ActivityLogs_List',
      area: 'arm',
      method: 'GET',
      path: '/subscriptions/{subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values',
      apiVersion: '2015-04-01',
      query: ['$filter', '$select', '$skiptoken'],
      handle: (call) => log.list(call, sim.origin()),
    },
  ];
}
