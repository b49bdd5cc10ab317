import type { Directory } from '../ports/directory.ts';
import { houseRules } from './house.ts';
import { groupsAsked } from './people-faults.ts';
import type { Config } from './schema.ts';

/** When each section is taken up. Connections, keys, and folders are made anew by a restart. */
const TAKEN_UP: Readonly<Record<keyof Config, 'now' | 'restart'>> = {
  version: 'now',
  installation: 'restart',
  language: 'restart',
  redis: 'restart',
  http: 'restart',
  web: 'restart',
  board: 'restart',
  api: 'restart',
  signIn: 'restart',
  lease: 'now',
  requests: 'now',
  cards: 'now',
  marks: 'restart',
  undo: 'restart',
  audit: 'restart',
  slack: 'restart',
  teams: 'restart',
  azure: 'restart',
  aws: 'restart',
  gcp: 'restart',
  people: 'now',
  groups: 'now',
  directory: 'now',
  leaver: 'now',
  sources: 'now',
  machines: 'now',
  witness: 'restart',
  addressDatabases: 'restart',
  places: 'now',
  protectors: 'now',
  security: 'now',
  readers: 'now',
  operators: 'now',
  drill: 'now',
  protections: 'now',
  outgoing: 'now',
  onCall: 'now',
  digest: 'now',
  policies: 'now',
  breakGlass: 'now',
  breakGlassOffline: 'restart',
  policyChanges: 'now',
  alarms: 'restart',
  tickets: 'restart',
  traces: 'restart',
};

/** The running configuration with what another one says that needs no restart. */
export function takenUp(running: Config, read: Config): Config {
  const own = Object.entries(running).filter(([key]) => !isLive(key));
  const taken = Object.entries(read).filter(([key]) => isLive(key));
  return Object.fromEntries([...own, ...taken]) as Config;
}

/** What is taken up while the program runs. */
export function liveSections(config: Config): Readonly<Partial<Config>> {
  return Object.fromEntries(Object.entries(config).filter(([key, section]) => isLive(key) && section !== undefined));
}

/** The sections that differ and are not taken up before a restart. */
export function restartsFor(running: Config, read: Config): readonly string[] {
  const keys = new Set([...Object.keys(running), ...Object.keys(read)]) as ReadonlySet<keyof Config>;
  return [...keys].filter((key) => !isLive(key) && JSON.stringify(running[key]) !== JSON.stringify(read[key]));
}

/** Is it taken up while the program runs? */
export function isLive(key: string): boolean {
  return TAKEN_UP[key as keyof Config] === 'now';
}

/**
 * The rules and the directory that hold now. Whoever takes both at once judges by one version to the end; whoever asks again
 * later has the newest.
 */
export class LiveHouse {
  readonly #make: (config: Config) => Promise<Directory>;
  #config: Config;
  #rules: ReturnType<typeof houseRules>;
  #directory: Directory;
  #waiting: readonly string[] = [];

  static async of(config: Config, make: (config: Config) => Promise<Directory>): Promise<LiveHouse> {
    return new LiveHouse(config, await make(config), make);
  }

  private constructor(config: Config, directory: Directory, make: (config: Config) => Promise<Directory>) {
    this.#make = make;
    this.#config = config;
    this.#rules = houseRules(config);
    this.#directory = directory;
  }

  get config(): Config {
    return this.#config;
  }

  get rules() {
    return this.#rules;
  }

  get directory(): Directory {
    return this.#directory;
  }

  /** Sections that the newest configuration says otherwise, and that only a start takes up. */
  get waiting(): readonly string[] {
    return this.#waiting;
  }

  /** The newest configuration, whatever is taken up of it. */
  expects(read: Config): void {
    this.#waiting = restartsFor(this.#config, read);
  }

  person(...asked: Parameters<Directory['person']>): ReturnType<Directory['person']> {
    return this.#directory.person(...asked);
  }

  accountOf(...asked: Parameters<Directory['accountOf']>): string | undefined {
    return this.#directory.accountOf(...asked);
  }

  /** Takes up what needs no restart, all of it or nothing. What is known of people is kept where nothing about them changed. */
  async adopt(read: Config): Promise<void> {
    const next = takenUp(this.#config, read);
    const rules = houseRules(next);
    const directory = peopleIn(next) === peopleIn(this.#config) ? this.#directory : await this.#make(next);
    this.#config = next;
    this.#rules = rules;
    this.#directory = directory;
    this.expects(read);
  }
}

function peopleIn(config: Config): string {
  const { people, groups, directory } = config;
  return JSON.stringify([people, groups, directory, groupsAsked(config)]);
}
