import { loadavg } from 'node:os';
import type { Flow } from './flows.ts';
import { startHouse } from './house.ts';
import { Judge } from './judge.ts';
import type { Point, RecordedPoint } from './order.ts';
import { People } from './people.ts';

export type Kill = Point & { readonly when: 'before' | 'after' };

/** What became of a kill. */
export interface Outcome {
  readonly isReached: boolean;
  /** What must not have been. */
  readonly violations: readonly string[];
  /** Of the rules of this play that went at their end. */
  readonly latenessMs: readonly number[];
  /** How long the start of the program took after it was killed. */
  readonly startMs?: number;
  /** Of the machine in the last minute, when it was over: how many wanted a processor. */
  readonly load?: number;
}

/** A world in which one flow is played again and again. */
export async function openWorld(flow: Flow, print: (line: string) => void = () => {}) {
  const house = await startHouse({ unanswered: flow.unanswered ?? '8h' });
  const people = new People(house);
  const judge = new Judge(house, people);
  let plays = 0;
  const play = async (begin: () => Promise<void>) => {
    plays += 1;
    const source = `203.0.${113 + Math.floor(plays / 200)}.${(plays % 200) + 1}`;
    await flow.play({ house, people, judge, source, begin });
    await people.quiet();
  };
  if (flow.protects) {
    const machine = flow.protects;
    const isProtected = () => people.told('security').some((text) => text.includes(`${machine} is protected`));
    await people.write('slack', 'security', `protect ${machine} usual leaving`, isProtected);
    await people.quiet();
  }
  return {
    /** Plays it without a kill: the effects in their order. */
    async record(): Promise<readonly RecordedPoint[]> {
      let noted: () => readonly RecordedPoint[] = () => [];
      await play(async () => {
        noted = await house.note();
      });
      await house.disarm();
      const points = noted();
      const unknown = points.filter(({ name }) => /\b[0-9a-f]{8}\b/.test(name));
      // Those that only read would be points, too.
      if (unknown.length > 0)
        throw new Error(`scripts that have no name: ${unknown.map(({ name }) => name).join(', ')}`);
      return points;
    },
    /** Plays it with a kill. */
    async kill(point: Kill): Promise<Outcome> {
      const began = performance.now();
      const before = judge.violations.length;
      const timely = judge.lateness.length;
      const starts = house.startsMs.length;
      const failed: string[] = [];
      let died = () => false;
      await play(async () => {
        died = await house.arm(point);
      }).catch((error: unknown) => void failed.push(String(error)));
      const isReached = died();
      if (!isReached) await house.disarm();
      const violations = [...judge.violations.slice(before), ...failed];
      const [how, ms] = [isReached ? 'killed' : 'not reached', performance.now() - began];
      print(
        `${flow.name}: ${point.when} ${point.name} (${point.nth}): ${how} (${(ms / 1_000).toFixed(1)} s) ${violations.join('; ')}`,
      );
      const startMs = Math.max(0, ...house.startsMs.slice(starts));
      return { isReached, violations, latenessMs: judge.lateness.slice(timely), startMs, load: loadavg()[0] ?? 0 };
    },
    logFile: `${house.folder}/program.log`,
    async stop() {
      judge.stop();
      await house.stop();
    },
  };
}
