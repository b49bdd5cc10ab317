import { createHash } from 'node:crypto';
import type { Policy, Refusal } from './policy.ts';

/** Their order says which comes first. */
const ORDERED: ReadonlySet<string> = new Set(['stages', 'outside', 'policies', 'refusals']);
const LETTERS = 8;

const kept = new WeakMap<object, string>();

/**
 * Tells policies apart by what they say, with all that they refer to but people: machines and sources that have a name are in it as
 * they are, groups by their name. In which order names and keys were written is no part of it. A short hash; none for none.
 */
export function policyVersion(policies: readonly (Policy | Refusal)[]): string | undefined {
  if (policies.length === 0) return undefined;
  return short(policies.map(canonical).join('\n'));
}

function canonical(policy: Policy | Refusal): string {
  const own = kept.get(policy) ?? textOf(policy, 'policies');
  kept.set(policy, own);
  return own;
}

/** What cannot be told by its text (a condition, a pattern) stands beside its text. */
function textOf(value: unknown, key: string): string {
  if (typeof value === 'function' || value === undefined) return '';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    const all = value.map((one) => textOf(one, key));
    return `[${(ORDERED.has(key) ? all : all.toSorted()).join()}]`;
  }
  const parts = Object.entries(value).map(([name, part]) => [name, textOf(part, name)] as const);
  const said = parts.filter(([, text]) => text !== '').toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${said.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, LETTERS);
}
