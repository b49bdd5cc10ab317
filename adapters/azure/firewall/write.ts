import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { type Looked, pollUntil, type Try } from '../../../src/kit/poll.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { type ArmId, partsOf } from '../arm/ids.ts';
import { orGone } from '../arm/machine.ts';
import type { PlainPath } from '../arm/plain.ts';
import { lostIn, memberIn, type Raw, withMembers } from '../arm/raw.ts';
import { CLOUD, isChanged, isLocked, isSilent } from '../errors.ts';
import { groupName } from './names.ts';
import { groupPriorityBefore, prioritiesBefore } from './priority.ts';
import type { RuleChange, SourceEdit } from './put-body.ts';
import { editedFirewall, editedGroup } from './raw-edit.ts';
import { type ClassicRuleSource, type PolicyRuleSource, type RuleSource, readRuleSource } from './rule-source.ts';

/** As @azure/arm-network 39 has it. */
const VERSION = '2026-01-01';
/** How often a rule source is read until what was written is there and in force, and at what distance. */
const TRIES = 6;
const BETWEEN_MS = SECOND_MS;
/** A firewall takes minutes for a change: whoever waited that long comes back after this. */
const LATER_MS = 20 * SECOND_MS;
const NOTHING = { put: [], remove: [] };

/**
 * Writes into one rule source, all in one call, until it is as wanted and in force: `next` looks at it and gives what is to
 * change. Gives how often it was written. A firewall takes minutes: then `cloudBusy` says when to come back, and what was
 * written is found by reading; or it is enough that it is written (`until`). A rule source that is gone is as wanted.
 *
 * NB. A classic firewall is replaced as a whole, so it is only written if it still is what was read, and with all that it
 * says: in plain JSON, as an SDK leaves out what it does not know.
 */
export async function writeUntil(
  azure: Azure,
  id: ArmId,
  next: (ruleSource: RuleSource) => SourceEdit,
  allowed: Allowed,
  until: 'inForce' | 'written' = 'inForce',
): Promise<number> {
  let written = 0;
  let trouble: unknown = new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs: LATER_MS });
  const polling = { tries: TRIES + 1, betweenMs: BETWEEN_MS, signal: allowed.signal };
  const look = async ({ isLast }: Try): Promise<Looked<number>> => {
    const ruleSource = await readRuleSource(azure, id, allowed.signal);
    if (!ruleSource) return { done: written };
    const edit = next(ruleSource);
    const { leases, notes, passes, denies } = edit;
    const isRight = [leases, notes, passes, denies].every((change) => isEmpty(change));
    if (isRight && (ruleSource.settled || until === 'written')) return { done: written };
    // While it is updated it takes nothing else. After an update that failed it takes one more, which is the way out of it.
    const takesMore = ruleSource.hasFailed
      ? !isRight || hasOurs(ruleSource, azure.installation)
      : ruleSource.settled && !isRight;
    if (isLast || !takesMore) return { notYet: trouble };
    try {
      if (await write(azure, ruleSource, edit, allowed)) written += 1;
    } catch (error) {
      if (!isLocked(error) && !isSilent(error) && !isChanged(error)) throw error;
      if (isSilent(error)) trouble = error;
    }
    return { notYet: trouble };
  };
  // It takes one change at a time, also of this process.
  return azure.turns.inTurn(`rules of ${id}`, () => pollUntil<number>(polling, azure, look));
}

/** Is there something that may be written again as it is? Groups of others are not. */
function hasOurs(ruleSource: RuleSource, installation: string): boolean {
  if (!('policy' in ruleSource)) return true;
  const own = groupName(installation).toLowerCase();
  return ruleSource.groups.some(({ name }) => name?.toLowerCase() === own);
}

/** Gives false where nothing was written, as it is no longer what was read. */
function write(azure: Azure, ruleSource: RuleSource, edit: SourceEdit, allowed: Allowed): Promise<boolean> {
  return 'policy' in ruleSource
    ? writePolicy(azure, ruleSource, edit, allowed)
    : writeClassic(azure, ruleSource, edit, allowed);
}

function isEmpty({ put, remove }: RuleChange<unknown> = NOTHING): boolean {
  return put.length === 0 && remove.length === 0;
}

/** Gives false where it is no longer what was read. */
async function writeClassic(
  azure: Azure,
  { id, firewall }: ClassicRuleSource,
  edit: SourceEdit,
  allowed: Allowed,
): Promise<boolean> {
  const site = siteOf(azure, id);
  const at = pathOf(id);
  const raw = await orGone(site.read(allowed.signal, ({ plain }, options) => plain.get(at, options)));
  if (raw === undefined || isOther(raw, firewall)) return false;
  const front = prioritiesBefore(firewall, azure.installation);
  await put(azure, id, { at, body: editedFirewall(raw, edit, azure.installation, front) }, allowed);
  return true;
}

/** Our own group holds nothing of others, as far as anybody can tell; it is written back with all that it says. The last rule takes it away. */
async function writePolicy(
  azure: Azure,
  { id, groups }: PolicyRuleSource,
  edit: SourceEdit,
  allowed: Allowed,
): Promise<boolean> {
  const { group, name } = partsOf(id);
  const site = siteOf(azure, id);
  const own = groupName(azure.installation);
  const before = groups.find((one) => one.name?.toLowerCase() === own.toLowerCase());
  const at = pathOf(`${id}/ruleCollectionGroups/${before?.name ?? own}`);
  const raw = before && (await orGone(site.read(allowed.signal, ({ plain }, options) => plain.get(at, options))));
  if (before && (raw === undefined || isOther(raw, before))) return false;
  const ruleCollections = editedGroup(raw, edit, azure.installation);
  if (ruleCollections.length === 0) {
    const still = before?.etag === undefined ? {} : { requestOptions: { headers: { 'If-Match': before.etag } } };
    await orGone(
      site.change(allowed, ({ network: { firewallPolicyRuleCollectionGroups: all } }, options) =>
        all.delete(group, name, own, { ...options, ...still }).submitted(),
      ),
    );
    return true;
  }
  const isClosing = edit.denies !== undefined && edit.denies.put.length > 0;
  const front = isClosing ? groupPriorityBefore(groups, azure.installation) : undefined;
  const priority = front ?? before?.priority ?? freePriority(groups);
  const properties = withMembers(memberIn(raw, 'properties'), { priority, ruleCollections });
  await put(azure, id, { at, body: withMembers(raw, { properties }) }, allowed);
  return true;
}

interface Putting {
  readonly at: PlainPath;
  /** As it was read, with its ETag. */
  readonly body: Raw;
}

/** Replaces the whole of it if it still is what was read. What Azure leaves out of its answer is told: it may be somebody’s. */
async function put(azure: Azure, id: ArmId, { at, body }: Putting, allowed: Allowed): Promise<void> {
  const etag = memberIn(body, 'etag');
  const answer = await siteOf(azure, id).change(allowed, ({ plain }, options) =>
    plain.put(at, body, { ...options, ...(typeof etag === 'string' ? { ifMatch: etag } : {}) }),
  );
  const lost = lostIn(body, answer);
  if (lost.length > 0) azure.log.error({ what: id, lost }, 'Azure did not take over all that was written back to it');
}

/** Was it changed since it was read? */
function isOther(raw: unknown, { etag }: { readonly etag?: string }): boolean {
  return etag !== undefined && memberIn(raw, 'etag') !== etag;
}

function pathOf(path: string): PlainPath {
  return { path, version: VERSION };
}

/** From 100 to 65000, each once. */
function freePriority(all: readonly { readonly priority?: number }[]): number {
  const taken = new Set(all.map(({ priority }) => priority));
  let priority = 150;
  while (taken.has(priority)) priority += 1;
  return priority;
}
