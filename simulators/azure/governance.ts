import { Refusal } from './errors.ts';
import type { Simulation } from './simulation.ts';

/** An Azure Policy that is assigned somewhere. */
export interface PolicyAssignment {
  readonly name: string;
  /** Below the subscription (`/resourceGroups/rg-prod`); all of it unless told. */
  readonly below?: string;
  /** `deny` refuses a PUT, `denyAction` a DELETE ("Azure Policy definitions", effects). */
  readonly effect: 'deny' | 'denyAction';
  /** Type of the resource, as `Microsoft.Network/networkSecurityGroups/securityRules`. */
  readonly type: string;
  /** Which bodies a `deny` is about; all unless told. */
  readonly when?: (properties: Readonly<Record<string, unknown>>) => boolean;
}

/** The type of the resource that a path names, and what is left of the path behind it. */
export function typeIn(path: string): { readonly type: string; readonly rest: readonly string[] } {
  const [, after = ''] = /\/providers\/(.+)$/i.exec(path) ?? [];
  const [namespace = '', ...segments] = after.split('/');
  const pairs = Math.floor(segments.length / 2);
  const types = Array.from({ length: pairs }, (_, i) => segments[2 * i] ?? '');
  return { type: [namespace, ...types].join('/'), rest: segments.slice(2 * pairs) };
}

/** Azure Policy, as far as it refuses. */
export function governance(sim: Simulation) {
  let assigned: readonly PolicyAssignment[] = [];
  const idOf = (kind: string, name: string, below = '') =>
    `/subscriptions/${sim.subscriptionId}${below}/providers/Microsoft.Authorization/${kind}/${name}`;
  return {
    /** Refuses what an assigned policy forbids, in the words of Resource Manager. */
    check(method: string, path: string, body: unknown): void {
      const { type, rest } = typeIn(path);
      const properties = ((body ?? {}) as { properties?: Record<string, unknown> }).properties ?? {};
      const found = assigned.find(({ below = '', effect, type: about, when }) => {
        const scope = `/subscriptions/${sim.subscriptionId}${below}/`.toLowerCase();
        const isAbout = rest.length === 0 && about.toLowerCase() === type.toLowerCase();
        if (!isAbout || !path.toLowerCase().startsWith(scope)) return false;
        return effect === 'deny' ? method === 'PUT' && (when?.(properties) ?? true) : method === 'DELETE';
      });
      if (!found) return;
      const { name, below } = found;
      const identifiers = [
        {
          policyAssignment: { name, id: idOf('policyAssignments', name, below) },
          policyDefinition: { name, id: idOf('policyDefinitions', name) },
        },
      ];
      const resource = path.slice(path.lastIndexOf('/') + 1);
      const message = `Resource '${resource}' was disallowed by policy. Policy identifiers: '${JSON.stringify(identifiers)}'.`;
      throw new Refusal(403, 'RequestDisallowedByPolicy', message);
    },
    hands: {
      assignPolicy(assignment: PolicyAssignment): void {
        assigned = [...assigned, assignment];
      },
      unassignPolicy(name: string): void {
        assigned = assigned.filter((one) => one.name !== name);
      },
    },
  };
}
