import type { Verb } from '../../src/core/view.ts';
import type { Press } from '../../src/ports/inbox.ts';

const VERBS: ReadonlySet<string> = new Set<Verb>(['approve', 'deny', 'withdraw', 'revoke', 'extend']);

/** A pressed button, as far as it can be read. Nothing in it is believed: ids are looked up and judged again. */
export interface Pressed {
  readonly action_id: string;
  readonly value?: string;
}

export interface Around {
  readonly user: string;
  readonly channel?: string;
  readonly ts?: string;
  readonly nonce?: string;
}

/** What the inbox is asked for; undefined for a button that is not ours. */
export function pressOf({ action_id, value }: Pressed, around: Around): Press | undefined {
  const verb = action_id.replace(/^jit_/, '');
  const ids = read(value);
  if (!VERBS.has(verb) || !ids) return undefined;
  return { verb: verb as Verb, ...ids, ...cardOf(around) };
}

function read(value: string | undefined): { readonly request: string; readonly version: number } | undefined {
  try {
    const { r, v } = JSON.parse(value ?? '') as { readonly r?: unknown; readonly v?: unknown };
    return typeof r === 'string' && typeof v === 'number' ? { request: r, version: v } : undefined;
  } catch {
    return undefined;
  }
}

/** The card that was pressed, so that one we lost track of is adopted. */
function cardOf({ user, channel, ts, nonce }: Around): Pick<Press, 'card'> {
  if (!channel || !ts) return {};
  const kind = channel.startsWith('D') ? 'private' : 'channel';
  const place = { chat: 'slack', kind, id: kind === 'private' ? user : channel } as const;
  return { card: { place, ref: { channel, ts }, ...(nonce ? { nonce } : {}) } };
}
