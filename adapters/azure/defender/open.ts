import { JitError } from '../../../src/core/errors/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import { tidy } from '../../../src/core/language/text.ts';
import { providerIdOf } from '../../../src/core/machine/machine.ts';
import { portText } from '../../../src/core/rule/port.ts';
import { type Placement, placementKey } from '../../../src/core/rule/rule.ts';
import { familyOf } from '../../../src/core/rule/source.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { pollUntil } from '../../../src/kit/poll.ts';
import type { Opened, Opening } from '../../../src/ports/cloud.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { readGroups } from '../arm/groups.ts';
import { located, locationNow } from '../arm/location.ts';
import type { Vm } from '../arm/machine.ts';
import { type MachineReading, present } from '../arm/reading.ts';
import { CLOUD, isBadRequest, isNotFound, isSilent } from '../errors.ts';
import { refuseTaken } from './locate.ts';
import { policyRef } from './policy.ts';
import { accessAt, type RecordedMachine, readAccesses, readRecorded } from './reading.ts';
import { type Access, isLive, isPending } from './records.ts';

/** The shortest that Defender opens for ("Just-in-time VM access" API, 2020-01-01). */
const SHORTEST_MS = 5 * MINUTE_MS;
/** A request that is younger may be written out, or read back, only later. */
export const WRITING_MS = 15 * SECOND_MS;
/** How long the lock is held for rules that Defender has yet to write; then others have their turn, and this is tried again. */
const TRIES = 16;
const BETWEEN_MS = SECOND_MS / 2;

/**
 * Makes Defender open one rule until then, with our mark in its record. What the records and groups show is believed:
 * a request whose reply was lost is found there, and nothing is asked for twice.
 */
export async function openOne(azure: Azure, opening: Opening, allowed: Allowed): Promise<Opened> {
  const { placement, until } = opening;
  const { machine } = placement.rule;
  const reading = await readRecorded(azure, machine, [placement], allowed.signal);
  const { now } = reading;
  const vm = present(reading.vm, machine);
  const known = located(placement, locationNow(vm));
  const { ours, foreign, written, complete } = accessAt(reading, placement);
  if (foreign && (written.length > 0 || isPending(foreign, now)))
    return { placement: known, outcome: 'foreign', through: written[0]?.name ?? 'a request made in Azure' };
  // NB. A later end cannot be taken back by asking for an earlier one; the lease's end closes it.
  const coming = ours && (isPending(ours, now) || now - ours.start < WRITING_MS);
  if (ours?.ours && isLive(ours, now) && ours.ours.until >= until && (complete || coming)) {
    if (!complete) await untilThere(azure, reading, placement, allowed);
    return { placement: known, outcome: 'present' };
  }
  refuseTaken(reading, placement.rule);
  await initiate(azure, { ...opening, words: wordsOf(azure, opening) }, vm, allowed);
  await untilThere(azure, reading, placement, allowed);
  return { placement: known, outcome: written.length > 0 ? 'remarked' : 'opened' };
}

/** Asks for an access in force once more, in the words of its record: the groups in front of its machine have changed. */
export async function askAgain(
  azure: Azure,
  { placement, until, words }: NonNullable<Access['ours']>,
  allowed: Allowed,
): Promise<void> {
  const reading = await readRecorded(azure, placement.rule.machine, [placement], allowed.signal);
  const vm = present(reading.vm, placement.rule.machine);
  await initiate(azure, { placement, until, now: reading.now, words }, vm, allowed);
  await untilThere(azure, reading, placement, allowed);
}

/** Our mark, and who it is for. */
function wordsOf({ marks }: Azure, { placement, until, note }: Opening): string {
  const who = { req: note.request, for: note.requester, by: note.approver };
  const words = Object.entries(who).map(([word, value]) => `${word}=${tidy(value, 100)}`);
  return [marks.sign(placement, until), ...words].join(' ');
}

interface Initiate extends Pick<Opening, 'placement' | 'until' | 'now'> {
  readonly words: string;
}

async function initiate(azure: Azure, asked: Initiate, vm: Vm, allowed: Allowed): Promise<void> {
  const { placement, until, now, words } = asked;
  const { machine, port, source } = placement.rule;
  const site = siteOf(azure, providerIdOf(machine));
  const { group, location, name } = policyRef(placement.at);
  const body = {
    virtualMachines: [
      {
        id: vm.id,
        ports: [
          {
            number: port.number,
            // Without a source Azure takes the address that the call comes from; one address goes without a length, as in Azure's own examples.
            allowedSourceAddressPrefix: source.replace(familyOf(source) === 'ipv4' ? /\/32$/ : /\/128$/, ''),
            endTimeUtc: new Date(until),
          },
        ],
      },
    ],
    justification: words,
  };
  try {
    await site.change(allowed, ({ security }, options) =>
      security.jitNetworkAccessPolicies.initiate(group, location, name, body, options),
    );
  } catch (error) {
    if (isBadRequest(error) && until - now < SHORTEST_MS)
      throw new JitError('tooLittleLeft', { machine: vm.machine.name }, { cause: error });
    if (isNotFound(error)) {
      const missing = { machine: vm.machine.name, port: portText(port), protected: 'nothing' };
      throw new JitError('notProtected', missing, { cause: error });
    }
    if (!isSilent(error) || !(await isRecorded(azure, placement, until, allowed))) throw error;
  }
}

/** Was a request heard whose reply was lost? */
async function isRecorded(azure: Azure, placement: Placement, until: number, { signal }: Allowed): Promise<boolean> {
  const { machine } = placement.rule;
  const site = siteOf(azure, providerIdOf(machine));
  const accesses = await readAccesses(azure, site, { machine, placements: [placement] }, signal);
  const key = placementKey(placement);
  return accesses.some(
    ({ ours, status }) => ours?.until === until && status !== 'Revoked' && placementKey(ours.placement) === key,
  );
}

/** Waits until the rule stands in front of the machine. Throws `cloudBusy` when that takes long. */
async function untilThere(
  azure: Azure,
  reading: RecordedMachine & MachineReading,
  placement: Placement,
  { signal }: Allowed,
): Promise<void> {
  const { site, vm } = reading;
  const ids = vm ? locationNow(vm).groups : [];
  const notYet = new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs: 2 * SECOND_MS });
  await pollUntil({ tries: TRIES, betweenMs: BETWEEN_MS, signal }, azure, async () => {
    const groups = await readGroups(site, ids, signal);
    return accessAt({ ...reading, groups }, placement).complete ? { done: undefined } : { notYet };
  });
}
