import type { SecurityRule } from '@azure/arm-network';
import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { say } from '../../../src/core/language/say.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { type Looked, pollUntil, type Try } from '../../../src/kit/poll.ts';
import type { Subscription } from '../arm/clients.ts';
import type { Azure } from '../arm/context.ts';
import { forgetDeleted } from '../arm/deleted.ts';
import { type ArmId, partsOf } from '../arm/ids.ts';
import { readGroup } from '../arm/machine.ts';
import { type NsgRule, rulesOf } from '../arm/nsg-rules.ts';
import { CLOUD, isConflict, isLocked, isSilent } from '../errors.ts';

/** How often a group is read until what was written is there and settled, and at what distance. */
const TRIES = 16;
const BETWEEN_MS = SECOND_MS / 2;

export interface Wanted {
  readonly name: string;
  readonly properties: SecurityRule;
}

/**
 * Writes into one group until it is as wanted: `next` looks at its rules and gives the one to write, `wait` while one is
 * being written, or nothing. A number that somebody else took at the same moment, a group that somebody else writes to and
 * a lost reply are all found out by reading again. Gives how many rules were written.
 */
export async function writeUntil(
  azure: Azure,
  site: Subscription,
  id: ArmId,
  next: (rules: readonly NsgRule[]) => Wanted | 'wait' | undefined,
  allowed: Allowed,
): Promise<number> {
  const { group, name } = partsOf(id);
  let written = 0;
  let trouble: unknown = new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs: 2 * SECOND_MS });
  const polling = { tries: TRIES + 1, betweenMs: BETWEEN_MS, signal: allowed.signal };
  const look = async ({ isLast }: Try): Promise<Looked<number>> => {
    const found = await readGroup(site, id, allowed.signal);
    if (!found) throw new JitError('azureInTheWay', { why: say`the network security group ${name} is gone` });
    const wanted = next(rulesOf(found));
    if (!wanted) return { done: written };
    if (isLast || wanted === 'wait') return { notYet: trouble };
    forgetDeleted(azure, { group: id, name: wanted.name });
    try {
      await site.change(allowed, ({ network }, options) =>
        network.securityRules.createOrUpdate(group, name, wanted.name, wanted.properties, options).submitted(),
      );
      written += 1;
    } catch (error) {
      if (!isConflict(error) && !isLocked(error) && !isSilent(error)) throw error;
      // A number that is taken again and again is seen by a later reading.
      if (!isConflict(error)) trouble = error;
    }
    return { notYet: trouble };
  };
  // Others of this process write to the same group, for other machines: each would take the number that the other takes.
  return azure.turns.inTurn(`rules of ${id}`, () => pollUntil<number>(polling, azure, look));
}
