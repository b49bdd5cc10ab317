import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { allowedUntil } from '../../../src/kit/call.ts';
import { pollUntil } from '../../../src/kit/poll.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, nowAt } from '../arm/context.ts';
import { partsOf } from '../arm/ids.ts';
import { itemsIn, omit, type Raw } from '../arm/raw.ts';
import { CLOUD, isSilent } from '../errors.ts';
import { type PolicyRef, policyPath, readPolicy } from './policy.ts';
import { type JitPolicy, type PolicyRecord, toPolicy } from './policy-wire.ts';
import { isLive } from './records.ts';
import { readSurely } from './witness.ts';

/** Defender rewrites the rules of all machines of the policy before it answers. */
const WRITE_MS = 30 * SECOND_MS;
/** How often a policy is written when somebody else writes it at the same moment, or nobody answers. */
const TRIES = 3;
/** A reading may be older than a write. */
const STALE_MS = 2 * SECOND_MS;
/** What the service fills in. */
const READ_ONLY = ['id', 'name', 'type', 'location', 'etag', 'systemData'];

/** The body of a policy to be written; `none` deletes it. */
export type Written = Raw | 'none';

export interface Rewrite {
  readonly site: Subscription;
  readonly ref: PolicyRef;
  /** What is to be written in place of what is there; undefined when that is right. */
  next(before: JitPolicy | undefined): Written | undefined;
}

/** The policy with other machines or requests, and all else that it says, understood or not. */
export function bodyWith(
  policy: Pick<JitPolicy, 'raw'> | undefined,
  change: { readonly virtualMachines: readonly unknown[]; readonly requests?: readonly unknown[] },
): Raw {
  const { kind = 'Basic', properties, ...rest } = omit(policy?.raw, READ_ONLY);
  const requests = change.requests ?? itemsIn(properties, 'requests');
  return {
    ...rest,
    kind,
    properties: { ...omit(properties as Raw | undefined, ['provisioningState']), ...change, requests },
  };
}

/** Its machines as Azure wrote them. */
export function machinesOf({ raw }: Pick<JitPolicy, 'raw'>): readonly unknown[] {
  return itemsIn(raw.properties, 'virtualMachines');
}

/**
 * Writes a policy until `next` finds nothing more to change.
 *
 * NB. A PUT replaces the whole policy and knows no conditions. So nothing is written on one reading alone; all that was read
 * is written back; and then it is read what is there: a machine or a live record that went missing, because somebody else
 * wrote at the same moment, is told to the log and put back.
 */
export async function rewrite(azure: Azure, rewriting: Rewrite, signal: AbortSignal): Promise<void> {
  const { site, ref, next } = rewriting;
  const before = await readSurely(site, ref, signal);
  let held: Held = { machines: before?.machines ?? [], records: before?.records ?? [] };
  let repaired = false;
  await pollUntil<void>({ tries: TRIES + 1, betweenMs: 0, signal }, azure, async ({ number, isLast }) => {
    const { found, lost } =
      number === 1 ? { found: before, lost: NOTHING } : await readAfter(azure, rewriting, held, signal);
    const isLost = lost.machines.length > 0 || lost.records.length > 0;
    const whole = isLost ? withLost(before, found, lost) : found;
    const wanted =
      next(whole) ?? (isLost && whole ? bodyWith(whole, { virtualMachines: machinesOf(whole) }) : undefined);
    if (!wanted) return { done: undefined };
    if (isLost) {
      azure.log.error(told(ref, lost), 'a policy lost what it held when it was written, and it is put back');
      // A record that the service does not take back is not insisted on.
      if (repaired && lost.machines.length === 0) return { done: undefined };
      repaired = true;
    }
    const notYet = troubleOf(ref, lost);
    if (isLast) return { notYet };
    held = stillIn(held, wanted);
    try {
      await put(rewriting, wanted, signal);
    } catch (error) {
      // What was not answered may have been done.
      if (!isSilent(error) || number === TRIES) throw error;
    }
    return { notYet };
  });
}

async function put({ site, ref }: Rewrite, wanted: Written, signal: AbortSignal): Promise<void> {
  await site.change(
    allowedUntil(signal),
    async ({ security, plain }, options) => {
      if (wanted === 'none') await security.jitNetworkAccessPolicies.delete(ref.group, ref.location, ref.name, options);
      else await plain.put(policyPath(site, ref), wanted, options);
    },
    WRITE_MS,
  );
}

/** Machines and records of before that have to be there after. */
type Held = Pick<JitPolicy, 'machines' | 'records'>;

const NOTHING: Held = { machines: [], records: [] };

function troubleOf({ name: policy }: PolicyRef, { machines }: Held): JitError {
  if (machines.length === 0) return new JitError('cloudBusy', { cloud: CLOUD });
  return new JitError('policyLost', {
    policy,
    machines: machines.map(({ machine }) => partsOf(machine).name).join(', '),
  });
}

function told(ref: PolicyRef, { machines, records }: Held): Readonly<Record<string, unknown>> {
  return {
    policy: ref,
    machines: machines.map(({ machine }) => machine),
    records: records.map(({ machine, number, end }) => ({ machine, number, end })),
  };
}

const keyOf = ({ machine, number, start, end }: PolicyRecord) => `${machine}|${number}|${start}|${end}`;

/** What another policy does not have. */
function missing({ machines, records }: Held, from: Held | undefined): Held {
  const there = new Set(from?.machines.map(({ machine }) => machine));
  const known = new Set(from?.records.map(keyOf));
  return {
    machines: machines.filter(({ machine }) => !there.has(machine)),
    records: records.filter((record) => !known.has(keyOf(record))),
  };
}

/** What of this is not meant to go. */
function stillIn(held: Held, written: Written): Held {
  const gone =
    written === 'none'
      ? held
      : missing(
          held,
          toPolicy({ ...written, id: '' }, () => undefined),
        );
  return {
    machines: held.machines.filter((one) => !gone.machines.includes(one)),
    records: held.records.filter((one) => !gone.records.includes(one)),
  };
}

/** What is there now, and what is missing; looked at twice before anything is called lost. */
async function readAfter(
  azure: Azure,
  { site, ref }: Rewrite,
  held: Held,
  signal: AbortSignal,
): Promise<{ readonly found: JitPolicy | undefined; readonly lost: Held }> {
  for (let looks = 1; ; looks += 1) {
    const found = await readPolicy(site, ref, signal);
    const now = nowAt(azure, site);
    const { machines, records } = missing(held, found);
    const lost = { machines, records: records.filter((record) => isLive(record, now)) };
    if (lost.machines.length + lost.records.length === 0 || looks === 2) return { found, lost };
    await azure.pause(STALE_MS, signal);
  }
}

/** What is there, with what went missing as it was before. */
function withLost(before: JitPolicy | undefined, found: JitPolicy | undefined, lost: Held): JitPolicy | undefined {
  const from = found ?? before;
  if (!from) return undefined;
  const requests = [...new Set(lost.records.map(({ request }) => request))];
  const properties = {
    ...(from.raw.properties as Raw),
    virtualMachines: [...(found ? machinesOf(found) : []), ...lost.machines.map(({ raw }) => raw)],
    requests: [...itemsIn(found?.raw.properties, 'requests'), ...requests],
  };
  return toPolicy({ ...from.raw, properties }, () => undefined);
}
