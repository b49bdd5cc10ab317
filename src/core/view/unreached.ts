import { say } from '../language/say.ts';
import { type Line, type Phrase, tidy } from '../language/text.ts';
import { isWaiting, type Request, type Unreached } from '../request/request.ts';
import { who } from './words.ts';

const CHATS = { slack: say`Slack`, teams: say`Teams` } as const;

/** What makes a channel of Slack readable for nobody new (docs.slack.dev/reference/methods/chat.postMessage, "Errors"). */
const CLOSED: Readonly<Record<string, Phrase>> = {
  is_archived: say`It is archived: have another one named in drawbridge.yaml`,
  externally_shared_channel: say`It is shared with another organization: have another one named in drawbridge.yaml`,
};

/** What somebody can do about it. */
function remedy({ place, code }: Unreached): Phrase {
  if (place.kind === 'channel' && place.chat === 'slack')
    return CLOSED[code] ?? say`Type \`/invite @Drawbridge\` in the channel`;
  if (place.kind === 'channel') return say`Add the Drawbridge app to the team of the channel`;
  return place.chat === 'teams'
    ? say`Ask them to install the Drawbridge app in Teams`
    : say`Ask them to open Drawbridge in Slack`;
}

/** `Grace in Teams (BotNotInConversationRoster). Ask them to …`: what took no card, each with what to do. */
export function unreachedLine(all: readonly Unreached[]): Line {
  return all.flatMap((one): Line => [' ', whereText(one)]);
}

function whereText(one: Unreached): Phrase {
  const { place, code, who: person } = one;
  const whom: Line = person ? [say`${who(person)} in ${CHATS[place.chat]}`] : [say`a channel of ${CHATS[place.chat]}`];
  return say`Not reached: ${whom} (${tidy(code, 60)}). ${remedy(one)}.`;
}

/** While it waits, who or what was not reached stays on the card. */
export function unreachedNote(request: Request): Line | undefined {
  const { unreached = [] } = request;
  if (!isWaiting(request) || unreached.length === 0) return undefined;
  return unreachedLine(unreached).slice(1);
}
