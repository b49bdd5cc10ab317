import type { WebClient } from '@slack/web-api';
import { LONGEST_REASON } from '../../src/core/language/terms.ts';
import { tidy } from '../../src/core/language/text.ts';
import { spoken } from './messages.ts';

/** The shortcuts of manifests/slack: everywhere, and on a message. */
export const ASK_SHORTCUT = 'jit_ask';
export const BECAUSE_SHORTCUT = 'jit_because';

/** The first words say which message it is; the link says the rest. */
const FIRST_WORDS = 120;

/** The message that a shortcut was used on (docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload). */
export interface Pointed {
  readonly channel?: { readonly id: string } | null;
  readonly message: { readonly ts: string; readonly text?: string };
}

/** A reason that names the message: its first words, with nothing of its markup, and where it is. */
export async function reasonOf({ channel, message }: Pointed, client: WebClient): Promise<string> {
  const link = channel ? await permalink(client, channel.id, message.ts) : '';
  const said = spoken(message.text ?? '', undefined).replace(/<[^>]*>/g, '…');
  const words = tidy(said, FIRST_WORDS);
  return tidy([words, link].filter((part) => part !== '').join(' – '), LONGEST_REASON);
}

/** Nothing where Slack does not give it: the words are enough to go on. */
async function permalink(client: WebClient, channel: string, message_ts: string): Promise<string> {
  const found = await client.chat.getPermalink({ channel, message_ts }).catch(() => undefined);
  return found?.permalink ?? '';
}
