import { say } from '../language/say.ts';
import { type Line, type Phrase, tidy } from '../language/text.ts';
import { type ChatName, isGroupChat } from '../people/place.ts';
import { isWaiting, type Request, type Unreached } from '../request/request.ts';
import { who } from './words.ts';

const CHATS = { slack: say`Slack`, teams: say`Teams` } as const;

/** What makes a channel of Slack readable for nobody new (docs.slack.dev/reference/methods/chat.postMessage, "Errors"). */
const CLOSED: Readonly<Record<string, Phrase>> = {
  is_archived: say`It is archived: have another one named in drawbridge.yaml`,
  // What an edit meets in it.
  is_inactive: say`It is archived: have another one named in drawbridge.yaml`,
  restricted_action_read_only_channel: say`Let the Drawbridge app post there, in the channel’s posting permissions`,
  restricted_action: say`A setting of the workspace keeps apps from posting there: have it changed, or another channel named`,
  channel_not_found: say`It is not there, or private: type \`/invite @Drawbridge\` in it, or correct its ID in drawbridge.yaml`,
  externally_shared_channel: say`It is shared with another organization: have another one named in drawbridge.yaml`,
};

/** What somebody can do about it. */
function remedy({ place, code }: Unreached): Phrase {
  if (place.kind === 'channel' && place.chat === 'slack')
    return CLOSED[code] ?? say`Type \`/invite @Drawbridge\` in the channel`;
  if (place.kind === 'channel' && code === 'ConversationNotFound')
    return say`It is not there any more: have another one named in drawbridge.yaml`;
  if (place.kind === 'channel')
    return isGroupChat(place.id)
      ? say`Add the Drawbridge app to that chat in Teams`
      : say`Add the Drawbridge app to the team of the channel`;
  return OWN[code] ?? TO_BEGIN[place.chat];
}

/** What lets the app write to somebody who never let it. */
const TO_BEGIN: Readonly<Record<ChatName, Phrase>> = {
  teams: say`Ask them to install the Drawbridge app in Teams`,
  slack: say`Ask them to open Drawbridge in Slack`,
};

/**
 * What else keeps somebody's own chat closed (docs.slack.dev/reference/methods/chat.postMessage and conversations.open, "Errors"; Teams,
 * "Send proactive messages": 403).
 */
const OWN: Readonly<Record<string, Phrase>> = {
  MessageWritesBlocked: say`Ask them to unblock the Drawbridge app in Teams, or to install it again`,
  user_disabled: say`Their Slack account is deactivated: take it out of the rules, or have it activated`,
  user_not_found: say`There is no such Slack account: correct it in drawbridge.yaml or the directory`,
  messages_tab_disabled: say`Have the Messages tab of the Drawbridge app switched on in Slack`,
};

/** `Grace in Teams (BotNotInConversationRoster). Ask them to …`: what took no card, each with what to do. */
export function unreachedLine(all: readonly Unreached[]): Line {
  return all.flatMap((one): Line => [' ', whereText(one, insteadOf(one, all))]);
}

/** In which chat they are asked in its place, as far as that is not known to have failed as well. */
export function insteadOf({ who: person, instead }: Unreached, all: readonly Unreached[]): ChatName | undefined {
  const hasFailed = all.some((one) => one.who?.id === person?.id && one.place.chat === instead);
  return hasFailed ? undefined : instead;
}

function whereText(one: Unreached, instead: ChatName | undefined): Phrase {
  const { place, code, who: person } = one;
  const where = isGroupChat(place.id)
    ? say`a group chat of ${CHATS[place.chat]}`
    : say`a channel of ${CHATS[place.chat]}`;
  const whom: Line = person ? [say`${who(person)} in ${CHATS[place.chat]}`] : [where];
  if (instead)
    return say`Not reached: ${whom} (${tidy(code, 60)}); asked in ${CHATS[instead]} as well. ${remedy(one)}.`;
  return say`Not reached: ${whom} (${tidy(code, 60)}). ${remedy(one)}.`;
}

/** While it waits, who or what was not reached stays on the card. */
export function unreachedNote(request: Request): Line | undefined {
  const { unreached = [] } = request;
  if (!isWaiting(request) || unreached.length === 0) return undefined;
  return unreachedLine(unreached).slice(1);
}
