import type { Facts } from '../audit/facts.ts';
import { DAY_MS, type Instant } from '../language/instant.ts';

const INTRODUCED = /^from now on, heads and receipts are signed with (\S+)$/;
/** Processes that were not restarted yet go on with the key before. */
const GRACE_MS = DAY_MS;

/** What the audit says of a key that signs for the first time. */
export function introducedText(vkey: string): string {
  return `from now on, heads and receipts are signed with ${vkey}`;
}

/** The key that a record introduces. */
function introducedIn({ event, why }: Facts): string | undefined {
  return event === 'audit key' ? INTRODUCED.exec(String(why))?.[1] : undefined;
}

/** A public key, and when its time was over, as `--key` takes it: `<vkey>@2026-10-01T00:00:00Z`. `until` is NaN where it is no instant. */
export function timedKey(text: string): { readonly vkey: string; readonly until?: Instant } {
  const at = text.lastIndexOf('@');
  return at < 0 ? { vkey: text } : { vkey: text.slice(0, at), until: Date.parse(text.slice(at + 1)) };
}

/**
 * When each key may sign: until its own time is over, and for no more than a day after a record introduced the next one. Whoever finds an
 * old key later signs nothing with it that counts.
 */
export function keyTimes(untils: ReadonlyMap<string, Instant>) {
  const replaced = new Map<string, { readonly index: number; readonly at: Instant }>();
  let newest: string | undefined;
  return {
    /** A record, in its place. */
    take({ index, at }: { readonly index: number; readonly at: Instant }, facts: Facts): void {
      const vkey = introducedIn(facts);
      // One that was replaced is not taken up again: whoever has found it could say so, and sign that themselves.
      if (vkey === undefined || vkey === newest || replaced.has(vkey)) return;
      if (newest !== undefined) replaced.set(newest, { index, at });
      newest = vkey;
    },
    /** Why a head or receipt of this instant cannot be signed by a key, in words that follow “is signed by a key”; undefined where it can. */
    against(vkey: string, at: Instant): string | undefined {
      const next = replaced.get(vkey);
      if (next && at > next.at + GRACE_MS) return `that was replaced at record ${next.index}`;
      const until = untils.get(vkey);
      return until !== undefined && at > until ? `whose time was over (${new Date(until).toISOString()})` : undefined;
    },
  };
}
