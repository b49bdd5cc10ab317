import fc from 'fast-check';
import { anyTape } from './dice.ts';

/** What a run of worlds comes to. */
export interface Figures {
  worlds: number;
  probes: number;
  /** Said to be closed though somebody gets in, or may. */
  falselyClosed: number;
  falselyOpen: number;
  /** Probes that are decided whatever the unknown things are, and those of them of which nothing could be told. */
  sure: number;
  untold: number;
  /** Nothing is unknown, and still nothing could be told. */
  untoldThoughKnown: number;
}

interface Judged {
  readonly said: 'open' | 'closed' | 'cannot tell';
  readonly isDelivered: boolean | undefined;
}

/** The same worlds in every run, so that a new one that fails is found by who looks for it: `PACKETS` makes new ones. */
export const SEED: { readonly seed?: number } = process.env.PACKETS === undefined ? { seed: 20_261_127 } : {};

/** How many worlds: some hundreds in every run, as many as `PACKETS` says in a long one. */
export function worldsToTry(usual: number): number {
  return Number(process.env.PACKETS ?? usual);
}

/** Judges worlds one by one. The first that is judged falsely is made as small as it gets, and fails the test. */
export function judgeWorlds(
  count: number,
  judge: (tape: Uint8Array) => {
    readonly compared: readonly Judged[];
    readonly isComplete: boolean;
    readonly isKnown: boolean;
  },
): Figures {
  const figures: Figures = {
    worlds: 0,
    probes: 0,
    falselyClosed: 0,
    falselyOpen: 0,
    sure: 0,
    untold: 0,
    untoldThoughKnown: 0,
  };
  fc.assert(
    fc.property(anyTape, (tape) => {
      const { compared, isComplete, isKnown } = judge(tape);
      figures.worlds += 1;
      figures.probes += compared.length;
      const untold = compared.filter(({ said }) => said === 'cannot tell');
      const closed = compared.filter(({ said, isDelivered }) => said === 'closed' && isDelivered !== false);
      const open = compared.filter(({ said, isDelivered }) => said === 'open' && isDelivered !== true);
      figures.falselyClosed += closed.length;
      figures.falselyOpen += open.length;
      if (isComplete) figures.sure += compared.filter(({ isDelivered }) => isDelivered !== undefined).length;
      if (isComplete) figures.untold += untold.filter(({ isDelivered }) => isDelivered !== undefined).length;
      if (isKnown) figures.untoldThoughKnown += untold.length;
      const wrong = [...closed, ...open, ...(isKnown ? untold : [])];
      if (wrong[0]) throw new Error(JSON.stringify(wrong[0], undefined, 1));
    }),
    { ...SEED, numRuns: count, endOnFailure: process.env.PACKETS !== undefined },
  );
  return figures;
}

export function say(cloud: string, figures: Figures): void {
  const share = ((100 * figures.untold) / Math.max(1, figures.sure)).toFixed(3);
  if (process.env.PACKETS !== undefined)
    process.stdout.write(
      `${cloud}: ${figures.worlds} worlds, ${figures.probes} probes, ${figures.falselyClosed} falsely closed, ` +
        `${figures.falselyOpen} falsely open, cannot tell in ${share} of 100 where the oracle is sure\n`,
    );
}
