import { type Line, tidy } from '../language/text.ts';
import { isWaiting, type Request, type Unreached } from '../request/request.ts';
import { who } from './words.ts';

const CHATS = { slack: 'Slack', teams: 'Teams' } as const;

/** What makes a channel of Slack readable for nobody new (docs.slack.dev/reference/methods/chat.postMessage, "Errors"). */
const CLOSED: Readonly<Record<string, string>> = {
  is_archived: 'It is archived: have another one named in drawbridge.yaml',
  externally_shared_channel: 'It is shared with another organization: have another one named in drawbridge.yaml',
};

/** What somebody can do about it. */
function remedy({ place, code }: Unreached): string {
  if (place.kind === 'channel' && place.chat === 'slack')
    return CLOSED[code] ?? 'Type `/invite @Drawbridge` in the channel';
  if (place.kind === 'channel') return 'Add the Drawbridge app to the team of the channel';
  return place.chat === 'teams'
    ? 'Ask them to install the Drawbridge app in Teams'
    : 'Ask them to open Drawbridge in Slack';
}

/** `Grace in Teams (BotNotInConversationRoster). Ask them to …`: what took no card, each with what to do. */
export function unreachedLine(all: readonly Unreached[]): Line {
  return all.flatMap((one): Line => {
    const { place, code, who: person } = one;
    const whom: Line = person ? [who(person), ` in ${CHATS[place.chat]}`] : [`a channel of ${CHATS[place.chat]}`];
    return [' Not reached: ', ...whom, ` (${tidy(code, 60)}). ${remedy(one)}.`];
  });
}

/** While it waits, who or what was not reached stays on the card. */
export function unreachedNote(request: Request): Line | undefined {
  const { unreached = [] } = request;
  if (!isWaiting(request) || unreached.length === 0) return undefined;
  const [first = '', ...rest] = unreachedLine(unreached);
  return [typeof first === 'string' ? first.trim() : first, ...(typeof first === 'string' ? [' '] : []), ...rest];
}
