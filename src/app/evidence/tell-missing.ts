import { sha256 } from '../../core/audit/record.ts';
import type { ChainEnd } from '../../core/evidence/chain.ts';
import type { SignedEnd } from '../../core/evidence/signed-end.ts';
import { SECOND_MS } from '../../core/language/instant.ts';
import { commas, say } from '../../core/language/say.ts';
import type { Saying } from '../../core/language/text.ts';
import type { Checkpoint } from '../../ports/audit-chain.ts';
import type { Sink } from '../../ports/sink.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';
import type { BatchRead, Lacking } from './batch.ts';

/** Gaps that an alarm names. */
const MOST_NAMED = 10;
/** The longest that a sink may take to say where it ends. */
const END_MS = 30 * SECOND_MS;

type TellDeps = Pick<Deps, 'log'> & { readonly alarms: Pick<Alarms, 'raise'> };

interface Gone {
  readonly from: ChainEnd;
  readonly to: Checkpoint;
  readonly missing: readonly Lacking[];
}

/** What a sink has of what is missing in the store; of one that cannot tell, nobody knows. */
type Known = 'had' | 'never' | 'unknown';

/** The last record that is there. */
export function keptOf(end: SignedEnd | undefined): number {
  return end?.has ?? end?.index ?? 0;
}

/** What the store lacks, as far as the sink has it already, has it not, or nobody can tell. What is there and was not signed may be anybody's. */
export async function tellMissing(deps: TellDeps, { name, end }: Sink, gone: Gone): Promise<void> {
  const { to, missing } = gone;
  deps.log.error({ sink: name, to: to.index, missing }, 'the store lost entries of the audit after they were signed');
  if (!end) return tellGone(deps, name, gone, 'unknown');
  const there = await end(AbortSignal.timeout(END_MS));
  const [kept, signed] = [keptOf(there), Math.min(keptOf(there), there?.index ?? 0)];
  const parts = [
    ['had', 0, signed],
    ['unknown', signed + 1, kept],
    ['never', kept + 1, to.index],
  ] as const;
  for (const [known, least, most] of parts) {
    const own = within(missing, least, most);
    if (own.length > 0) await tellGone(deps, name, { ...gone, missing: own }, known);
  }
}

function within(missing: readonly Lacking[], least: number, most: number): readonly Lacking[] {
  return missing
    .map(([first, last]) => [Math.max(first, least), Math.min(last, most)] as const)
    .filter(([first, last]) => first <= last);
}

/** What was deleted in the store after it was signed is in no sink that did not have it: what is left of the batch goes out, and shows the gap. */
async function tellGone({ alarms }: TellDeps, sink: string, { from, to, missing }: Gone, known: Known): Promise<void> {
  const count = countOf(missing);
  const isRest = count < to.index - from.index;
  const what = whatIsGone(known, sink, missing);
  const lines = [
    say`${what} ${isBehindLost(from, to) ? say`The database went back.` : whyGone(count)}`,
    ...(known !== 'had' && isRest
      ? [
          say`Of records ${String(from.index + 1)} to ${String(to.index)}, which were signed together, nothing proves any more that those that are left are as they were written.`,
        ]
      : []),
    ...(known === 'had' ? [] : [say`Another sink may have them. \`jit audit verify\` shows which are missing.`]),
  ];
  const title =
    known === 'had' ? say`Entries of the audit are missing in Redis` : say`Entries of the audit are missing`;
  await alarms.raise({ key: `audit ${known} ${sink} ${to.index} ${keyOf(missing)}`, title, lines, isLoud: true });
}

/** The chain went on behind what a sink has and the store lost: it has no record in between, and none was there to delete. */
function isBehindLost(from: ChainEnd, to: Checkpoint): boolean {
  return from.epoch === to.epoch && from.sequence === to.sequence && from.index < to.index;
}

function whyGone(count: number): Saying {
  return count === 1
    ? say`Somebody deleted it, or the database went back.`
    : say`Somebody deleted them, or the database went back.`;
}

function whatIsGone(known: Known, sink: string, missing: readonly Lacking[]): Saying {
  const [count, named] = [countOf(missing), namesOf(missing)];
  if (count === 1)
    return {
      had: say`Record ${named} is in Redis no more, and ${sink} has it.`,
      never: say`Record ${named} is in Redis no more, and ${sink} never had it.`,
      unknown: say`Record ${named} is in Redis no more, and nobody can tell whether ${sink} had it.`,
    }[known];
  return {
    had: say`${count} records are in Redis no more, and ${sink} has them (${named}).`,
    never: say`${count} records are in Redis no more, and ${sink} never had them (${named}).`,
    unknown: say`${count} records are in Redis no more, and nobody can tell whether ${sink} had them (${named}).`,
  }[known];
}

/**
 * What was changed in the store after it was signed goes out as it is now: with its signed head, it proves that it was changed. Which of them is
 * named where that can be told.
 */
export async function tellChanged(
  { log, alarms }: TellDeps,
  from: ChainEnd,
  to: Checkpoint,
  { changed = [], links }: Pick<BatchRead, 'changed' | 'links'>,
): Promise<void> {
  const [first, last] = [from.index + 1, to.index];
  log.error({ first, last, changed }, 'entries of the audit were changed in the store after they were signed');
  const count = countOf(changed);
  const what =
    count === 0
      ? say`Of records ${String(first)} to ${String(last)}, which were signed together, somebody who can write to Redis changed at least one.`
      : count === 1
        ? say`Somebody who can write to Redis changed record ${namesOf(changed)}, which was signed.`
        : say`Somebody who can write to Redis changed records that were signed: ${namesOf(changed)}.`;
  const is = sha256(links.map(({ hash, record, at }) => `${hash} ${sha256(record)} ${at}`).join('\n')).slice(0, 12);
  const title = say`The audit was changed in Redis`;
  await alarms.raise({ key: `audit changed ${last} ${is}`, title, lines: [what], isLoud: true });
}

function countOf(missing: readonly Lacking[]): number {
  return missing.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

function namesOf(missing: readonly Lacking[]) {
  const named = missing
    .slice(0, MOST_NAMED)
    .map(([first, last]) => (first === last ? String(first) : say`${String(first)} to ${String(last)}`));
  return commas([...named, ...(missing.length > MOST_NAMED ? ['…'] : [])]);
}

/** More of the same batch is told again. */
function keyOf(missing: readonly Lacking[]): string {
  return sha256(JSON.stringify(missing)).slice(0, 12);
}
