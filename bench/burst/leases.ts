import { channels, people } from '../../simulators/world.ts';
import { HOUR_MS, type Instant, MINUTE_MS } from '../../src/core/language/instant.ts';
import type { Place } from '../../src/core/people/place.ts';
import { approved, asked, opened, placed, reminded } from '../../src/core/request/life.ts';
import type { Activating, Request } from '../../src/core/request/request.ts';
import type { Placement } from '../../src/core/rule/rule.ts';
import { newId } from '../new-id.ts';
import type { Stood } from './shared.ts';

const { requester, manager } = people;
const PLACES: readonly Place[] = [
  { chat: 'slack', kind: 'channel', id: channels.slack.id },
  { chat: 'slack', kind: 'private', id: requester.slackId },
];

/** An open lease for each rule that stands, all with the same end; its warning was given. */
export function leasesOf({ machine, name, placements }: Stood, until: Instant): readonly Request[] {
  return placements.map((placement) => lease(machine, name, placement, until));
}

function lease(machine: Stood['machine'], machineName: string, placement: Placement, until: Instant): Request {
  const from = until - HOUR_MS;
  const who = ({ id, name }: typeof requester) => ({ id, name });
  const first = asked({
    id: newId(),
    askedAt: from - MINUTE_MS,
    requester: who(requester),
    machine,
    machineName,
    ports: [placement.rule.port],
    source: placement.rule.source,
    forMs: HOUR_MS,
    justification: 'deploy 4711: roll back the payment service',
    policies: ['production'],
    asked: [who(manager)],
    places: PLACES,
    answerBy: until + HOUR_MS,
    standing: [],
  });
  const allowed = approved(first, { by: who(manager), at: from, verdict: 'approve' }) as Activating;
  const open = opened(placed(allowed, [placement], [], from), from, { placements: [placement], standing: [] });
  return reminded(open, until - 5 * MINUTE_MS);
}
