import type { CloudName } from '../../core/machine/machine.ts';
import type { Cloud } from '../../ports/cloud.ts';
import type { Directory } from '../../ports/directory.ts';
import type { Store } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';

/** What a judgement needs of the world: less than asking and deciding do, so that it can be imagined. */
export type Judging = Pick<Deps, 'rules' | 'onCall' | 'tickets' | 'delegations' | 'log'> & {
  readonly store: { now(): Promise<Pick<Awaited<ReturnType<Store['now']>>, 'at'>> };
  readonly directory: Pick<Directory, 'byId' | 'members' | 'away'>;
  readonly clouds: ReadonlyMap<CloudName, JudgedCloud>;
};

type JudgedCloud = Pick<Cloud, 'look'> & Partial<Pick<Cloud, 'mayRequest' | 'bearers'>>;
