import { type Instant, MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { MarkSigner } from '../../../src/core/rule/mark.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import type { JitPolicy, PolicyRecord } from './policy-wire.ts';

/** One port of one machine in one of Defender's request records. */
export interface Access extends Omit<PolicyRecord, 'justification' | 'request'> {
  /** Ours: the placement that its mark was signed for, the end that it carries, and all that was written in it. */
  readonly ours?: { readonly placement: Placement; readonly until: Instant; readonly words: string };
}

const PENDING_MS = 2 * MINUTE_MS;

/** The backend's name in placements. */
export const BACKEND = 'defender';

/** The placement of a rule under a policy, without what it takes to find the rule. */
export function placementAt(at: string, rule: Rule): Placement {
  return { rule, backend: BACKEND, at, locks: [at] };
}

/** All that a policy's records say, newest last. */
export function accessesOf(policy: JitPolicy, marks: MarkSigner): readonly Access[] {
  const all = policy.records.map(({ justification, request: _, ...access }): Access => {
    const ours = oursIn(policy, access, justification, marks);
    return { ...access, ...(ours ? { ours } : {}) };
  });
  return all.sort((a, b) => a.start - b.start);
}

/** NB. A record has no protocol, so the mark is tried with both; it was signed for one. */
function oursIn(
  policy: JitPolicy,
  { machine, number, sources }: Pick<Access, 'machine' | 'number' | 'sources'>,
  justification: string,
  marks: MarkSigner,
): Access['ours'] {
  const [source, ...more] = sources;
  if (source === undefined || more.length > 0) return undefined;
  for (const protocol of ['tcp', 'udp'] as const) {
    const placement = placementAt(policy.id, { machine, port: { number, protocol }, source });
    const { valid, until } = marks.verify(justification, placement);
    if (valid && until !== undefined) return { placement, until, words: justification };
  }
  return undefined;
}

/** Does the record say that its port is open, or about to be? Status is an open list, so only the known end counts. */
export function isLive({ status, end }: Pick<Access, 'status' | 'end'>, now: Instant): boolean {
  return status !== 'Revoked' && end > now;
}

/** Has Defender yet to write the rules? Nothing says how long it may take, so the status is not believed for ever. */
export function isPending(access: Access, now: Instant): boolean {
  return isLive(access, now) && access.status === 'Initiating' && now - access.start < PENDING_MS;
}

/** Is the record for this very machine, port and source? */
export function isFor({ machine, number, sources }: Access, rule: Rule): boolean {
  return machine === rule.machine && number === rule.port.number && sources.includes(rule.source);
}
