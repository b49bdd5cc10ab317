import type { Alarms } from './app/operators/alarms.ts';
import type { LiveHouse } from './config/live.ts';
import { type StoredSecret, storedSecrets } from './config/references.ts';
import type { Config } from './config/schema.ts';
import { wasRotated } from './config/secrets.ts';
import { fetchFor } from './configuration.ts';
import { commas, say } from './core/language/say.ts';
import { type Diagnosis, faultAt, unknownAt } from './core/view/doctor-page.ts';
import type { Examiner } from './ports/examiner.ts';
import type { Log } from './ports/log.ts';
import { secretStores } from './vaults.ts';

/** Stores are asked for newer values this often. */
export const ROTATION_MS = 5 * 60_000;
const ALARM = 'secrets';

export interface Rotation {
  /** Asks the stores once. */
  look(): Promise<void>;
  stop(): void;
}

/**
 * Asks secret stores for newer values: whoever uses a secret that may be rotated has the newest from then on, and the operators are told
 * of the others. Where a store cannot tell, what was read last goes on.
 */
export function watchRotation(
  house: Pick<LiveHouse, 'config'>,
  { alarms, log }: { readonly alarms: Pick<Alarms, 'raise'>; readonly log: Log },
  everyMs = ROTATION_MS,
): Rotation {
  const told = new Set<string>();
  const waiting = () => waitingIn(house.config);
  const look = async () => {
    const all = storedSecrets(house.config);
    if (all.length === 0) return;
    const faults = await fetchFor(house.config);
    if (Object.keys(faults).length > 0) log.warn({ faults }, 'secrets could not be read again; the last ones go on');
    const secrets = all.map(({ reference }) => reference).filter((one) => wasRotated(one) && !told.has(one));
    if (secrets.length === 0) return;
    for (const one of secrets) told.add(one);
    log.info({ secrets }, 'secrets were rotated');
    const settings = waiting();
    if (settings.length === 0) return;
    await alarms.raise({
      key: ALARM,
      title: say`Secrets were rotated that need a restart`,
      lines: [say`They are taken up at the next start: ${commas(settings)}.`],
      level: settings.length,
    });
  };
  let turn = Promise.resolve();
  const next = () => {
    turn = turn.then(look).catch((error: unknown) => log.warn({ error }, 'secrets could not be asked for'));
    return turn;
  };
  const timer = setInterval(() => void next(), everyMs);
  timer.unref();
  return {
    look: next,
    stop: () => clearInterval(timer),
  };
}

/** Settings whose secret has another value than at the start, and that only a start takes up. */
function waitingIn(config: Config): readonly string[] {
  const rotated = storedSecrets(config).filter(({ reference }) => wasRotated(reference));
  return [...new Set(rotated.flatMap(({ fixed }) => fixed))];
}

/** Asks for each secret that is in a store, and says what stands against reading it. Never what it is. */
export function secretExaminer(house: Pick<LiveHouse, 'config'>): Examiner {
  return {
    async examine(_, signal) {
      const storeOf = secretStores(house.config);
      const examined = storedSecrets(house.config).map(async ({ reference }: StoredSecret): Promise<Diagnosis> => {
        const store = await storeOf(reference);
        const read = await store.read(reference, signal);
        const what = `secret ${reference.slice(reference.indexOf(':') + 1)}`;
        if ('value' in read) return { of: store.name, what, verdict: 'fine' };
        return read.remedy === undefined
          ? unknownAt(store.name, what, sentence(read.fault), 'Run `npx jit doctor` again.')
          : faultAt(store.name, what, sentence(read.fault), sentence(read.remedy));
      });
      const waiting = waitingIn(house.config);
      if (waiting.length === 0) return Promise.all(examined);
      const means = `Rotated, and taken up at the next start: ${waiting.join(', ')}.`;
      return [...(await Promise.all(examined)), unknownAt('Drawbridge', 'secrets', means, 'Restart Drawbridge.')];
    },
  };
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
