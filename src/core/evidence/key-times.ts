import type { RecordFacts } from '../audit/facts.ts';
import { DAY_MS, type Instant } from '../language/instant.ts';
import { tidy } from '../language/text.ts';

const INTRODUCED = /^from now on, heads and receipts are signed with (\S+)$/;
/** Processes that were not restarted yet go on with the key before. */
const GRACE_MS = DAY_MS;
/** No key is longer. */
const LONGEST = 300;

/** What the audit says of a key that signs for the first time. */
export function introducedText(vkey: string): string {
  return `from now on, heads and receipts are signed with ${vkey}`;
}

/** The key that a record introduces. */
function introducedIn({ event, why }: RecordFacts): string | undefined {
  return event === 'audit key' ? INTRODUCED.exec(String(why))?.[1] : undefined;
}

/** A public key, and when its time was over, as `--key` takes it: `<vkey>@2026-10-01T00:00:00Z`. `until` is NaN where it is no instant. */
export function timedKey(text: string): { readonly vkey: string; readonly until?: Instant } {
  const at = text.lastIndexOf('@');
  return at < 0 ? { vkey: text } : { vkey: text.slice(0, at), until: Date.parse(text.slice(at + 1)) };
}

/**
 * When each key may sign: until its own time is over, and for no more than a day after a record introduced the next one. Whoever finds an
 * old key later signs nothing with it that counts. A record that introduces a key that is not known replaces none: whoever can write to
 * Redis could end the time of any with it.
 */
export function keyTimes(untils: ReadonlyMap<string, Instant>, known: ReadonlySet<string>) {
  const replaced = new Map<string, { readonly index: number; readonly at: Instant }>();
  const strange: { readonly index: number; readonly vkey: string }[] = [];
  let newest: string | undefined;
  return {
    /** A record, in its place. */
    take({ index, at }: { readonly index: number; readonly at: Instant }, facts: RecordFacts): void {
      const vkey = introducedIn(facts);
      // One that was replaced is not taken up again: whoever has found it could say so, and sign that themselves.
      if (vkey === undefined || vkey === newest || replaced.has(vkey)) return;
      if (!known.has(vkey)) return void strange.push({ index, vkey });
      if (newest !== undefined) replaced.set(newest, { index, at });
      newest = vkey;
    },
    /** The last key that is not known, where a record introduced one. */
    unknown(): string | undefined {
      const last = strange.at(-1);
      if (!last) return undefined;
      const { index, vkey } = last;
      return `record ${index} introduces a key that is not known here, ${tidy(vkey, LONGEST)}: name it (--key) if you were given it; else somebody who can write to Redis wrote that`;
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
