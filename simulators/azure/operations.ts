import { randomUUID } from 'node:crypto';
import { Refusal } from './errors.ts';
import type { Call, Route } from './route.ts';
import type { Operation, Simulation } from './simulation.ts';

/** Api-version of arm-network 39. */
export const NETWORK_API = '2026-01-01';
const BASE = '/subscriptions/{subscriptionId}/providers/Microsoft.Network/locations/{location}';

/** Begins a long-running operation of that duration on a resource; answers the two addresses at which it can be followed. */
export function begin(
  sim: Simulation,
  { id: resource, location }: { readonly id: string; readonly location: string },
  result?: unknown,
  durationMs = sim.behaviour.operationMs,
): { status: string; result: string } {
  const id = randomUUID();
  sim.operations.set(id, { doneMs: sim.world.nowMs + durationMs, result });
  const [, , subscription] = resource.split('/');
  const at = `${sim.origin()}/subscriptions/${subscription}/providers/Microsoft.Network/locations/${location}`;
  const query = `?api-version=${NETWORK_API}`;
  return { status: `${at}/operations/${id}${query}`, result: `${at}/operationResults/${id}${query}` };
}

/** The two places where a long-running operation of the network provider is polled. */
export function operationRoutes(sim: Simulation): readonly Route[] {
  const find = (call: Call): Operation => {
    const operation = sim.operations.get(call.param('operationId'));
    if (!operation) throw new Refusal(404, 'OperationNotFound', `Operation ${call.param('operationId')} not found.`);
    return operation;
  };
  const common = { area: 'arm', method: 'GET', apiVersion: NETWORK_API } as const;
  return [
    {
      ...common,
      operation: 'Operations_Get',
      path: `${BASE}/operations/{operationId}`,
      handle: (call) => {
        const done = find(call).doneMs <= sim.world.nowMs;
        return { status: 200, body: { status: done ? 'Succeeded' : 'InProgress' } };
      },
    },
    {
      ...common,
      operation: 'OperationResults_Get',
      path: `${BASE}/operationResults/{operationId}`,
      handle: (call) => {
        const operation = find(call);
        if (operation.doneMs > sim.world.nowMs) {
          return { status: 202, headers: { Location: `${sim.origin()}${call.path}?${call.query}` } };
        }
        return operation.result === undefined ? { status: 204 } : { status: 200, body: operation.result };
      },
    },
  ];
}
