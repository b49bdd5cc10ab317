import { describe, expect, it } from 'vitest';
import { notificationOf, cardOf as slackCard } from '../../adapters/slack/card.ts';
import { cardOf as teamsCard } from '../../adapters/teams/card.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { ENGLISH } from '../../src/core/language/text.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { SENDER, world } from '../app/fixtures.ts';

const GRACE = { ...SENDER, user: 'U2' } as const;
const READER = { slackIdOf: () => undefined, tongue: ENGLISH };
/** As long as people may write, with all that has to be escaped. */
const WORDS = `${'it is a & b <c> '.repeat(30)}THE END`;
const ASKED = 'request api-1 22 for 1h from 203.0.113.7 because x';

type Step = readonly [who: 'ada' | 'grace', typed: string];

/** Every verb behind which people write words, with what was said before. */
const FLOWS: Readonly<Record<string, readonly Step[]>> = {
  'a request': [['ada', `request api-1 22 for 1h from 203.0.113.7 because ${WORDS}`]],
  'a denial': [
    ['ada', ASKED],
    ['grace', `deny ID ${WORDS}`],
  ],
  'an approval': [
    ['ada', ASKED],
    ['grace', `approve ID because ${WORDS}`],
  ],
  'a question': [
    ['ada', ASKED],
    ['grace', `ask ID ${WORDS}`],
  ],
  'an answer': [
    ['ada', ASKED],
    ['grace', 'ask ID why?'],
    ['ada', `answer ID ${WORDS}`],
  ],
  'an offer': [
    ['ada', ASKED],
    ['grace', `approve ID 30m because ${WORDS}`],
  ],
  'a withdrawal': [
    ['ada', ASKED],
    ['ada', `withdraw ID because ${WORDS}`],
  ],
  'a revocation': [
    ['ada', ASKED],
    ['grace', 'approve ID'],
    ['grace', `revoke ID because ${WORDS}`],
  ],
  'a denial before': [
    ['ada', ASKED],
    ['grace', `deny ID ${WORDS}`],
    ['ada', 'again ID'],
  ],
};

/** The newest request after all of them. */
async function told(steps: readonly Step[]) {
  const { deps } = world();
  const box = inbox(deps);
  let id = '';
  for (const [i, [who, typed]] of steps.entries()) {
    const answer = await box.command({ ...(who === 'ada' ? SENDER : GRACE), key: `k${i}` }, typed.replace('ID', id));
    expect(answer.refused).toBe(false);
    id = (await deps.store.live(10))[0]?.id ?? id;
  }
  const { request } = await deps.store.load(id);
  if (!request) throw new Error('there is no request');
  return viewOf(request);
}

describe('the words of', () => {
  it.each(Object.entries(FLOWS))(
    '%s stand whole on the cards of both chats, and in what is read aloud',
    async (_, steps) => {
      const view = await told(steps);
      const { blocks } = slackCard(view, READER);
      const card = teamsCard(view);
      expect(JSON.stringify(blocks)).toContain('THE END');
      expect(JSON.stringify(blocks).length).toBeLessThan(13_000);
      expect(JSON.stringify(card.body)).toContain('THE END');
      expect(card.speak).toContain('THE END');
    },
  );

  // Of a denial before, the card says it; the news is what is requested now.
  it.each(Object.entries(FLOWS).filter(([name]) => name !== 'a denial before'))(
    '%s stand whole in what notifies',
    async (_, steps) => {
      const view = await told(steps);
      expect(notificationOf(view, READER)).toContain('THE END');
    },
  );
});
