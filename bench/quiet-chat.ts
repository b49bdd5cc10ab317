import type { ChatName, Place } from '../src/core/people/place.ts';
import type { ChatAdapter } from '../src/ports/chat.ts';

/** A chat that takes every card at once, and gives refs of the form that the real adapter gives. */
export function quietChat(chat: ChatName): ChatAdapter {
  let posts = 0;
  return {
    chat,
    async publish(_, place, { ref }) {
      if (ref) return ref;
      posts += 1;
      const n = String(posts).padStart(6, '0');
      return chat === 'slack' ? slackRef(place.id, n) : teamsRef(place, n);
    },
    start: async () => {},
    stop: async () => {},
    check: async () => {},
  };
}

function slackRef(id: string, n: string) {
  return { channel: id.startsWith('U') ? `D0${n}AAAA` : id, ts: `1790000000.${n}` };
}

/** Lengths as in Microsoft's examples of channel and personal conversation ids ("Conversation basics" for bots). */
function teamsRef({ kind }: Place, n: string) {
  const channel = `19:${'0'.repeat(26)}${n}@thread.tacv2;messageid=1790000${n}`;
  return {
    serviceUrl: 'https://smba.trafficmanager.net/teams/',
    conversation: kind === 'channel' ? channel : `a:1${'0'.repeat(122)}${n}`,
    activity: `1790000${n}`,
  };
}
