import type { Reaction } from './sender.ts';
import type { Workspace } from './workspace.ts';

/** What a person sees of what they did. */
export interface Seen {
  /** Slack has nothing to complain about. */
  readonly ok: boolean;
  /** The app's HTTP status (200 for an acknowledgement through a socket); 0 when nothing was sent or nothing came back. */
  readonly status: number;
  /** The app's answer as it came. */
  readonly body: string;
  /** What Slack itself tells the person; it is among the notices of the state, too. */
  readonly notice?: string;
  /** Why a modal does not close, for each block. */
  readonly errors?: { readonly [blockId: string]: string };
  /** What an external menu offers. */
  readonly options?: readonly unknown[];
}

export const seen = (reaction: Reaction): Seen =>
  reaction.kind === 'answer'
    ? { ok: reaction.status === 200, status: reaction.status, body: reaction.body }
    : { ok: false, status: 0, body: '' };

/** Slack tells the person that it did not work. */
export function failed(workspace: Workspace, userId: string, status: number, notice: string): Seen {
  workspace.notify(userId, notice);
  return { ok: false, status, body: '', notice };
}
