import { runSeed } from '../crash/world.ts';

const STEPS = 250;

/** What many leases of the crash model showed, in model time. */
export interface Modelled {
  readonly seeds: number;
  readonly leases: number;
  readonly opened: number;
  readonly lateMs: number;
  readonly revokedLateMs: number;
  readonly returnedMs: number;
  /** Approved, and not over when all was quiet again. */
  readonly lost: number;
  /** Rules that are left when all is quiet. */
  readonly left: number;
  readonly wrong: readonly string[];
}

/** One seed after the other, each fourth with a Redis that goes away and loses commits, until so many leases were approved. */
export async function runModel(leases: number, print: (line: string) => void): Promise<Modelled> {
  const all = { seeds: 0, leases: 0, opened: 0, lateMs: 0, revokedLateMs: 0, returnedMs: 0, lost: 0, left: 0 };
  const wrong: string[] = [];
  for (let seed = 1; all.leases < leases; seed += 1) {
    const world = await runSeed(seed, STEPS, seed % 4 === 0);
    const { figures } = world.oracle;
    all.seeds = seed;
    all.leases += figures.leases;
    all.opened += figures.opened;
    for (const name of ['lateMs', 'revokedLateMs', 'returnedMs'] as const)
      all[name] = Math.max(all[name], figures[name]);
    all.left += world.cloud.rules().length;
    // What a store that went back has lost is not there to be asked.
    for (const request of await world.requests())
      if (['activating', 'active', 'closing'].includes(request?.status ?? '')) all.lost += 1;
    wrong.push(...[...world.oracle.wrong, ...world.surprises.map(String)].map((what) => `seed ${seed}: ${what}`));
    if (seed % 250 === 0) print(`${seed} seeds, ${all.leases} leases`);
  }
  return { ...all, wrong };
}

/** As Markdown. */
export function modelReport(wanted: number, modelled: Modelled): string {
  const { seeds, leases, opened, lost, left, wrong } = modelled;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  return [
    `\`npm run chaos -- --leases ${wanted}\`: seeds 1 to ${seeds} of the crash model, in model time.`,
    '',
    '| | |',
    '|---|---:|',
    `| leases that were approved, and opened | ${leases}, ${opened} |`,
    `| open past tolerance, opened again, after its end or without approval, or falsely proven | ${wrong.length} |`,
    `| approved and not over, or a rule left, when all was quiet | ${lost + left} |`,
    `| the longest that a rule stood past its end | ${seconds(modelled.lateMs)} |`,
    `| … after it was taken back | ${seconds(modelled.revokedLateMs)} |`,
    `| … again after its closing was proven, as a call landed late | ${seconds(modelled.returnedMs)} |`,
  ].join('\n');
}
