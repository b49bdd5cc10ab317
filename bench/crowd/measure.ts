import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { channels } from '../../simulators/world.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { plain } from '../../src/core/language/text.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { Request } from '../../src/core/request/request.ts';
import { type Ground, onGround } from '../ground.ts';
import type { Effort, Measurement, Row } from '../measurement.ts';
import { house } from '../memory/house.ts';
import { spread } from '../spread.ts';

const MOST_MS = 50;
const RESOLUTION_MS = 1;
const AT_ONCE = 200;
const ENDLESS = new AbortController().signal;

/** Measurement 6: the longest step of the process and the longest script of Redis where very much waits. */
export async function measureCrowd({ quick }: Effort): Promise<Measurement> {
  const size = quick ? { waiting: 2_000, machines: 1_000 } : { waiting: 20_000, machines: 10_000 };
  const steps = new Map<string, number[]>();
  const cpu = new Map<string, number[]>();
  const scripts = new Map<string, number[]>();
  const times = new Map<string, number[]>();
  await onGround(async (ground) => {
    for (let round = 0; round < (quick ? 1 : 3); round += 1) {
      await ground.redis.flushall();
      const { acts } = await crowded(ground, size);
      // Once unmeasured: code that runs for the first time is compiled meanwhile.
      for (const [what, act] of acts) {
        await act();
        const seen = await watched(ground, act);
        for (const [rows, value] of [
          [steps, seen.stepMs],
          [cpu, seen.stepCpuMs],
          [scripts, seen.scriptMs],
          [times, seen.ms],
        ] as const)
          rows.set(what, [...(rows.get(what) ?? []), value]);
      }
    }
  });
  const rowsOf = (of: ReadonlyMap<string, number[]>, word: string): readonly Row[] =>
    [...of].map(([what, values]) => ({ what: `${what}: ${word}`, unit: 'ms', values }));
  const longest = (of: ReadonlyMap<string, number[]>) =>
    Math.max(...[...of.values()].map((values) => spread(values).median));
  return {
    title: `${size.waiting.toLocaleString('en-US')} requests that wait on one machine, ${size.machines.toLocaleString('en-US')} machines`,
    how:
      'The program’s own use cases on the real store, with AWS and chats that answer at once: how long the event loop was ' +
      'kept from everything else in one piece, how long Redis was by one script (its slow log), and the whole of each act.',
    rows: [
      ...rowsOf(steps, 'longest step'),
      ...rowsOf(cpu, 'CPU of the longest step'),
      ...rowsOf(scripts, 'longest script'),
      ...rowsOf(times, 'in all'),
    ],
    goals: [
      { what: 'longest step of the event loop (medians)', value: longest(cpu), most: MOST_MS, unit: ' ms of CPU' },
      { what: 'longest script (medians)', value: longest(scripts), most: MOST_MS, unit: ' ms' },
    ],
    notes: [
      'Absolute figures: they say what this machine did, beside whatever else it had to do. A step in CPU is what the program itself took of it.',
    ],
  };
}

type Act = readonly [what: string, act: () => Promise<unknown>];

/** So many requests that wait on one machine, and what people and the program do there. */
async function crowded(ground: Ground, size: { readonly waiting: number; readonly machines: number }) {
  const { deps, people, manager } = house(ground, { people: 100, machines: size.machines });
  const chats = inbox(deps);
  const place = { chat: 'slack', kind: 'channel', id: channels.slack.id } as const;
  let key = 0;
  const say = (user: string | undefined, text: string) => {
    key += 1;
    return chats.command({ chat: 'slack', user: user ?? '', place, key: `crowd-${key}` }, text);
  };
  const [ada, lin] = people;
  const asked = await say(ada?.slack, 'request m-0001 22 for 1h from 203.0.113.7 because deploy');
  const said = asked.lines.map(plain).join('\n');
  const { request } = await deps.store.load(/Request `(\w+)`/.exec(said)?.[1] ?? '');
  if (!request) throw new Error(`not asked for: ${said}`);
  await copies(deps.store, request, size.waiting);
  const machine: MachineId = request.machine;
  const acts: readonly Act[] = [
    ['`/jit list` of somebody with nothing', () => say(lin?.slack, 'list')],
    ['`/jit list` of who asked for all', () => say(ada?.slack, 'list')],
    ['`/jit list` of who decides all', () => say(manager.slack, 'list')],
    ['a name that no machine has', () => say(lin?.slack, 'request m-00O1x 22 for 1h because deploy')],
    [
      'machines by what was typed',
      () => chats.machines({ chat: 'slack', user: lin?.slack ?? '', place, key: 'k' }, 'm-00'),
    ],
    ['the machine is converged', () => converge(deps, machine, ENDLESS)],
    ['what is due is claimed', () => deps.store.claim(5_000, 5_000)],
    ['the indexes are mended', () => deps.store.mend()],
  ];
  return { acts };
}

/** So many more like this one. */
export async function copies(
  store: ReturnType<typeof house>['deps']['store'],
  request: Request,
  many: number,
  from = 0,
): Promise<void> {
  for (let n = from; n < from + many; n += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, i) => {
      const next: Request = { ...request, id: `c${String(n + i).padStart(6, '0')}`, version: 1 };
      return { next, from: 0 };
    });
    const saved = await store.save(some);
    if (saved.some((one) => one !== 'saved')) throw new Error(`not saved: ${saved.join(', ')}`);
  }
}

/** What an act took, and for how long it kept the event loop and Redis from everything else. */
export async function watched({ redis }: Ground, act: () => Promise<unknown>) {
  await redis.config('SET', 'slowlog-log-slower-than', '100', 'slowlog-max-len', '100000');
  await redis.slowlog('RESET');
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const cpu = cpuSteps();
  const from = performance.now();
  await act();
  const ms = performance.now() - from;
  // A step that ran to the end of the act is seen when the loop turns again.
  await wait(2 * RESOLUTION_MS);
  delay.disable();
  const stepCpuMs = cpu();
  const slow = (await redis.slowlog('GET', 100_000)) as readonly (readonly [number, number, number])[];
  return {
    ms,
    stepMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS),
    stepCpuMs,
    scriptMs: Math.max(0, ...slow.map(([, , us]) => us / 1_000)),
  };
}

/**
 * The most CPU that this thread took between two looks, a millisecond apart where nothing keeps it: the longest step, whatever else was at work
 * on the machine meanwhile. Call it for the figure; it is not watched any more then.
 */
function cpuSteps(): () => number {
  let last = process.threadCpuUsage();
  let most = 0;
  const look = () => {
    const now = process.threadCpuUsage();
    most = Math.max(most, (now.user + now.system - last.user - last.system) / 1_000);
    last = now;
  };
  const timer = setInterval(look, RESOLUTION_MS);
  return () => {
    clearInterval(timer);
    look();
    return most;
  };
}
