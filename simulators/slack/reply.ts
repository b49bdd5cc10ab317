import { readContent } from './content.ts';
import { SlackError } from './errors.ts';
import { BOT } from './identity.ts';
import { boolean, type Flaw, type Json, object, oneOf, text } from './shape.ts';
import type { SlackMessage } from './types.ts';
import type { Workspace } from './workspace.ts';

/** What an app answers to a command or posts to a `response_url`. */
const reply = object({
  optional: {
    text: text(40_000, 0),
    blocks: () => {},
    metadata: () => {},
    response_type: oneOf('ephemeral', 'in_channel'),
    replace_original: boolean,
    delete_original: boolean,
    thread_ts: text(20),
    mrkdwn: boolean,
    unfurl_links: boolean,
    unfurl_media: boolean,
  },
});

/** Refuses a reply with fields that Slack does not have. */
export function checkReply(given: unknown): Json {
  const flaws: Flaw[] = [];
  reply(given, '', flaws);
  if (flaws.length > 0) throw new SlackError('invalid_payload', { flaws });
  return given as Json;
}

/** Shows a reply where the person is: to them alone, unless it says `in_channel`. */
export function postReply(workspace: Workspace, channel: string, userId: string, given: Json): SlackMessage {
  return workspace.post({
    channel,
    user: BOT.userId,
    ...readContent(given),
    ...(given.thread_ts === undefined ? {} : { threadTs: String(given.thread_ts) }),
    ...(given.response_type === 'in_channel' ? {} : { visibleTo: userId }),
  });
}
