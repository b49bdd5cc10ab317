import { setTimeout as wait } from 'node:timers/promises';
import { percentile, spread } from '../../bench/spread.ts';
import { Stage } from '../../simulators/demo/stage.ts';
import { throwsOf } from './dice.ts';
import { type House, startHouse } from './house.ts';
import { type Asking, Crowd, MACHINES, type Wish } from './people.ts';
import { makeTrouble } from './trouble.ts';
import { Watch } from './watch.ts';

/** Past its end, a rule may stand for so long: ten seconds until Redis counts as away, a round, and a cloud that is down for 18 s. */
export const TOLERANCE_MS = 60_000;
/** After the last trouble, what is over is closed and told within this. */
const SETTLE_MS = 120_000;
const USUAL: Asking = { everyMs: 600, seconds: [6, 30] };

export interface Options {
  readonly seed: number;
  readonly ms: number;
  readonly print: (line: string) => void;
  /** Redis is a primary with replicas, watched by Sentinels. */
  readonly sentinel?: boolean;
  /** What people ask for, and how long one trouble lasts at most; as in the report unless told. */
  readonly asking?: Asking;
  readonly mostMs?: number;
}

interface Spread {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

export interface Outcome {
  readonly seed: number;
  readonly ms: number;
  readonly asked: number;
  readonly approved: number;
  readonly revoked: number;
  /** Rules that the clouds held at some time. */
  readonly rules: number;
  /** In milliseconds, of rules that went at their end. */
  readonly lateness: Spread | undefined;
  /** In milliseconds, from when a chat accepted that access is taken back until its rule was gone. */
  readonly revocations: Spread | undefined;
  readonly troubles: ReadonlyMap<string, number>;
  /** What must never be: open too long, open unasked, opened again, lost. */
  readonly violations: readonly string[];
  readonly isWatched: boolean;
  /** Approvals that went with a Redis that was rolled back, or with a failover before anything was opened. */
  readonly rolledAway: number;
  readonly refused: ReadonlyMap<string, number>;
}

/** Runs the real program in two processes, with trouble from a seed, for so long, and until all is quiet. */
export async function runChaos(options: Options): Promise<Outcome> {
  const { seed, ms, print, asking: wanted = USUAL, mostMs, sentinel: isWatched = false } = options;
  const house = await startHouse(isWatched);
  try {
    await protect(house);
    const crowd = new Crowd(house.services, throwsOf(seed));
    const watch = new Watch(house.services, crowd.asked, TOLERANCE_MS, house);
    const [asking, following] = [AbortSignal.timeout(ms), new AbortController()];
    const followed = crowd.follow(following.signal);
    const [trouble] = await Promise.all([
      makeTrouble(house, { dice: throwsOf(seed + 1), signal: asking, print, ...(mostMs ? { mostMs } : {}) }),
      crowd.ask(wanted, asking),
    ]);
    print('quiet now');
    await settled(crowd, watch);
    following.abort();
    await followed;
    watch.stop();
    const lost = crowd.unfinished();
    const isExcused = ({ approvingAt = 0, approvedAt = 0, openAt }: Wish) =>
      house.losses.some(
        ({ from, to, keepsOpened }) =>
          approvedAt >= from && approvingAt <= to && !(keepsOpened && openAt !== undefined),
      );
    const wishes = [...crowd.asked.values()];
    return {
      seed,
      ms,
      isWatched,
      asked: wishes.length,
      approved: wishes.filter(({ approvedAt }) => approvedAt).length,
      revoked: wishes.filter(({ revokedAt }) => revokedAt).length,
      rules: watch.opened,
      lateness: spreadOf(watch.lateness),
      revocations: spreadOf(watch.revocations),
      troubles: trouble.counts,
      violations: [
        ...watch.violations,
        ...trouble.failed,
        ...house.fallen,
        ...lost
          .filter((wish) => !isExcused(wish))
          .map((wish) => `approved, and nobody was told its end: ${JSON.stringify(wish)}`),
        ...(watch.standing > 0 ? [`${watch.standing} rules are left`] : []),
      ],
      rolledAway: lost.filter(isExcused).length,
      refused: crowd.refused,
    };
  } finally {
    await house.stop();
  }
}

async function protect({ services }: House): Promise<void> {
  const stage = new Stage(services, () => {});
  for (const machine of MACHINES) await stage.slack('security', `/jit protect ${machine} usual leaving`);
  stage.stop();
}

/** Until no rule stands, and all that was approved has its end told; or until that took too long. */
async function settled(crowd: Crowd, watch: Watch): Promise<void> {
  const late = Date.now() + SETTLE_MS;
  while (Date.now() < late) {
    await wait(1_000);
    watch.look();
    const isWaiting = [...crowd.asked.values()].some(({ fate, id, approvingAt, approvedAt }) => {
      return fate !== 'leave' && id !== undefined && approvingAt !== undefined && approvedAt === undefined;
    });
    if (watch.standing === 0 && crowd.unfinished().length === 0 && !isWaiting) return;
  }
}

function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  return { median: spread(values).median, p99: percentile(values, 0.99), max: Math.max(...values) };
}
