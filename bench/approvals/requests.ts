import { HOUR_MS } from '../../src/core/language/instant.ts';
import { asked } from '../../src/core/request/life.ts';
import type { Pending } from '../../src/core/request/request.ts';
import type { Stood } from '../burst/shared.ts';
import { MANAGER, POLICY, personNumber } from '../memory/house.ts';
import { newId } from '../new-id.ts';

export const PEOPLE = 20;

/** What was said where a press was refused, by request. */
export type Refusals = Readonly<Record<string, string>>;

/** A request that waits for its approver, for each of these machines. */
export function waitingFor(stood: readonly Stood[], now: number): readonly Pending[] {
  return stood.map(({ machine, name }, i) => {
    const requester = personNumber((i % PEOPLE) + 1);
    return asked({
      id: newId(),
      askedAt: now,
      requester: { id: requester.id, name: requester.name },
      machine,
      machineName: name,
      ports: [{ number: 22, protocol: 'tcp' }],
      source: `203.0.113.${(i % 250) + 1}/32`,
      forMs: HOUR_MS,
      justification: 'deploy 4711: roll back the payment service',
      policies: [POLICY.name],
      asked: [{ id: MANAGER.id, name: MANAGER.name }],
      places: [],
      answerBy: now + 8 * HOUR_MS,
      standing: [],
    });
  });
}
