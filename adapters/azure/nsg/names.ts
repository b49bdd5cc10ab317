import { createHash } from 'node:crypto';
import { type Placement, placementKey, type Rule } from '../../../src/core/rule/rule.ts';

/** The backend's name in placements. */
export const BACKEND = 'nsg';

/**
 * Names of rules that are ours by place: `drawbridge-<installation>-allow-…` for leases, `…-deny-…` for protections, and
 * `…-close-…` where others' rules were closed by consent. They say what is written, so that writing twice is writing once.
 */
export function prefixOf(installation: string, kind?: 'allow' | 'deny' | 'close'): string {
  return kind === undefined ? `drawbridge-${installation}-` : `drawbridge-${installation}-${kind}-`;
}

export function closeName(installation: string, what: readonly string[]): string {
  return `${prefixOf(installation, 'close')}${digest(JSON.stringify(what))}`;
}

export function allowName(installation: string, placement: Placement): string {
  return `${prefixOf(installation, 'allow')}${digest(placementKey(placement))}`;
}

export function denyName(installation: string, what: readonly string[]): string {
  return `${prefixOf(installation, 'deny')}${digest(JSON.stringify(what))}`;
}

/** The placement of a rule on a machine (its ARM id, which the groups in front of it change under), without where it is. */
export function placementOn(rule: Rule): Placement {
  return { rule, backend: BACKEND, at: rule.machine, locks: [] };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
