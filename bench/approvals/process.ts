import { inbox } from '../../src/app/inbox/inbox.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Inbox } from '../../src/ports/inbox.ts';
import { startHouse } from '../burst/house.ts';
import type { Plan } from '../burst/shared.ts';
import { serve } from '../child.ts';
import { MANAGER, POLICY, personNumber } from '../memory/house.ts';
import { PEOPLE, type Refusals } from './requests.ts';

/* One process of Drawbridge whose approver presses all buttons at once. */
let chats: Inbox | undefined;
let stop = async () => {};

async function start(plan: Pick<Plan, 'settings' | 'redisUrl'>): Promise<void> {
  const people = Array.from({ length: PEOPLE }, (_, i) => personNumber(i + 1));
  const house = await startHouse(plan, { people: [...people, MANAGER], policies: [POLICY] });
  stop = house.stop;
  chats = inbox(house.deps);
}

/** Approve, once for each request; what was said where it was refused, by request. */
async function press(ids: readonly string[]): Promise<Refusals> {
  const user = MANAGER.entra ?? '';
  const place = { chat: 'teams', kind: 'private', id: user } as const;
  const answers = await Promise.all(
    ids.map(async (request) =>
      chats?.press(
        { chat: 'teams', user, place, key: `${process.pid}-${request}` },
        { verb: 'approve', request, version: 1 },
      ),
    ),
  );
  return Object.fromEntries(
    ids.flatMap((id, i) => {
      const answer = answers[i];
      return answer?.refused ? [[id, answer.lines.map(plain).join(' ')]] : [];
    }),
  );
}

serve({ start, press, cpu: () => process.cpuUsage() }, () => stop());
