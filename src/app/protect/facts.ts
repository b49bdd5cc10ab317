import type { AuditFacts } from '../../core/audit/entry.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { type ProtectedPort, portLines } from '../../core/machine/protection.ts';
import { samePort } from '../../core/rule/port.ts';
import type { StandingRule } from '../../core/rule/rule.ts';

/** A machine, for the audit. */
export function factsOf({ id, name }: Machine): AuditFacts {
  return { machine: id, machineName: name };
}

/** Ports with their limits, for the audit. */
export function portFacts(ports: readonly ProtectedPort[]): AuditFacts {
  return { ports: ports.map(({ port }) => port), limits: portLines(ports).split('\n') };
}

/** The rules of one look that another one does not show. */
export function without(rules: readonly StandingRule[], others: readonly StandingRule[]): readonly StandingRule[] {
  const isThere = (rule: StandingRule) =>
    others.some((one) => samePort(one.port, rule.port) && one.source === rule.source && one.through === rule.through);
  return rules.filter((rule) => !isThere(rule));
}
