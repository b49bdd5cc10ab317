import { readFileSync } from 'node:fs';
import { staticDirectory } from '../../adapters/directory/static.ts';
import { adopting } from '../../src/adopt.ts';
import type { Deps } from '../../src/app/deps.ts';
import { leaversOf } from '../../src/app/loops/leavers.ts';
import { router } from '../../src/app/loops/routing.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { peopleOf } from '../../src/config/house.ts';
import { LiveHouse, liveSections } from '../../src/config/live.ts';
import { readConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { type ConfigWatch, watchConfig } from '../../src/config/watch.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { RuleKeeper } from '../../src/keeper.ts';
import { configOf } from '../config/files.ts';
import { memoryRuleRecords } from '../memory/rule-records.ts';
import { TestCloud } from './fixtures.ts';
import type { toldWorld } from './told.ts';

const LOOK_MS = 5_000;

export interface Process {
  readonly deps: Deps;
  readonly house: LiveHouse;
  readonly watch: ConfigWatch;
  readonly route: (signal: AbortSignal) => Promise<number>;
  readonly leavers: (signal: AbortSignal) => Promise<number>;
}

interface Around {
  readonly file: string;
  /** Nobody can tell who is who: a start, and a change of people, fail. */
  readonly isDirectoryAway: () => boolean;
  readonly failed: (error: unknown) => void;
}

/** What the program is, on a world that outlives it: its configuration by the file, and what it does by itself. */
export async function startProcess(made: ReturnType<typeof toldWorld>, around: Around): Promise<Process> {
  const { file, isDirectoryAway, failed } = around;
  const make = async (config: Config) => {
    if (isDirectoryAway()) throw new JitError('directoryAway', { directory: 'Entra ID', why: 'it is away' });
    return staticDirectory(peopleOf(config), ['slack']);
  };
  const house = await LiveHouse.of(configOf(readFileSync(file, 'utf8')), make);
  const deps: Deps = Object.defineProperties(
    {
      ...made.deps,
      clouds: cloudsOf(house.config, made),
    },
    { rules: { get: () => house.rules }, directory: { get: () => house.directory } },
  );
  const keeper = new RuleKeeper({ deps, house, records: memoryRuleRecords(), people: make, resolve: false });
  const adopt = adopting({ deps, house, keeper }, new Alarms(deps));
  const read = async (text: string) => readConfig(text);
  const watch = watchConfig(file, LOOK_MS, { read, tell: adopt, failed });
  return { deps, house, watch, route: router(deps), leavers: leaversOf(deps) };
}

/** Does it have the account of the machine? */
export function isHere({ aws }: Config): boolean {
  return aws?.accounts.some(({ id }) => id === '123456789012') ?? false;
}

/** As an adapter does whose accounts are others: it knows no machine of this one, and refuses what names it. */
function cloudsOf(config: Config, { cloud }: ReturnType<typeof toldWorld>): Deps['clouds'] {
  const nowhere = Object.assign(new TestCloud(), { machineList: [] });
  if (!config.aws) return new Map([['gcp' as const, nowhere]]);
  if (isHere(config)) return new Map([['aws' as const, cloud]]);
  const gone = () => new JitError('notConfigured', { where: 'the AWS account 123456789012 in eu-west-1' });
  const refuse = async () => Promise.reject(gone());
  const mustHave = () => {
    throw gone();
  };
  const refusing = { mustHave, look: refuse, locate: refuse, observe: refuse, open: refuse, close: refuse };
  return new Map([['aws' as const, Object.assign(nowhere, refusing)]]);
}

const sections = new Map<string, string>();

/** What is taken up of a file, or of what was read of one, while the program runs. */
export function sectionsOf(file: string | Config): string {
  if (typeof file !== 'string') return JSON.stringify(liveSections(file));
  const known = sections.get(file) ?? sectionsOf(configOf(file));
  sections.set(file, known);
  return known;
}

/** What somebody asked for; undefined where it was refused. */
export async function trying<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof JitError) return undefined;
    throw error;
  }
}
