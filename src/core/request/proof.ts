import type { Instant } from '../language/instant.ts';
import { portText, samePort } from '../rule/port.ts';
import { type Observed, type Placement, placementKey } from '../rule/rule.ts';
import type { Closing, Proof } from './request.ts';

/**
 * What a reading after the closing proves for one request. `wanted` gives the end of the leases in force that still need
 * a placement. Undefined while a rule of the request that nobody wants is still seen there: then it is not closed yet.
 */
export function prove(
  request: Closing,
  observed: Observed,
  wanted: (placement: Placement) => Instant | undefined,
  now: Instant,
): Proof | undefined {
  const { placements } = request.lease;
  const seen = new Set(observed.ours.map((rule) => placementKey(rule.placement)));
  const shared = placements.map(wanted).filter((until) => until !== undefined);
  if (placements.some((placement) => wanted(placement) === undefined && seen.has(placementKey(placement))))
    return undefined;
  if (shared.length > 0) return { at: now, verdict: 'shared', until: Math.max(...shared) };
  const ports = observed.effective.filter((effective) => request.ports.some((port) => samePort(port, effective.port)));
  const inState = (state: string) =>
    ports
      .filter((port) => port.state === state)
      .map((port) => `${portText(port.port)}: ${port.through ?? 'unnamed rule'}`);
  const open = inState('open');
  if (open.length > 0) return { at: now, verdict: 'open', through: open };
  const unknown = [
    ...inState('unknown'),
    ...request.ports
      .filter((port) => !ports.some((p) => samePort(p.port, port)))
      .map((port) => `${portText(port)}: not read`),
  ];
  return unknown.length > 0 ? { at: now, verdict: 'unknown', through: unknown } : { at: now, verdict: 'closed' };
}
