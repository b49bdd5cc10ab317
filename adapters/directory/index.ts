import type { GroupSubject } from '../../src/core/people/person.ts';
import type { Clock } from '../../src/kit/clock.ts';
import type { Accounts } from '../../src/ports/accounts.ts';
import type { Directory } from '../../src/ports/directory.ts';
import type { IdentityStore } from '../../src/ports/identity-store.ts';
import { entraAccounts } from './entra/index.ts';
import type { EntraSettings } from './entra/settings.ts';
import { MergedDirectory, type MergedOptions } from './merged.ts';
import { staticDirectory } from './static.ts';

export { withLastKnown } from './last-known.ts';

export interface DirectorySettings extends Omit<MergedOptions, 'entra' | 'slack' | 'kept' | 'now' | 'store'> {
  readonly entra?: EntraSettings;
  /** The groups of directories that anything in the file names. */
  readonly asked: readonly GroupSubject[];
}

/** What other rooms know of people. */
interface Elsewhere {
  readonly slack?: Accounts | undefined;
  readonly store?: IdentityStore | undefined;
  readonly kept?: MergedOptions['kept'] | undefined;
}

/** Who is who, by the file and by the directories that are configured. */
export function directoryOf(
  { entra, asked, ...settings }: DirectorySettings,
  { slack, store, kept }: Elsewhere,
  clock: Pick<Clock, 'now' | 'pause'>,
): Directory {
  if (!entra && !slack && !store) return staticDirectory(settings.people, settings.chats, settings.further);
  return new MergedDirectory({
    ...settings,
    now: clock.now,
    ...(entra ? { entra: entraAccounts(entra, asked, clock) } : {}),
    ...(store ? { store } : {}),
    ...(slack ? { slack } : {}),
    ...(kept ? { kept } : {}),
  });
}
