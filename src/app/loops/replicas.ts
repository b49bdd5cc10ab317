import { say } from '../../core/language/say.ts';
import type { Deps } from '../deps.ts';
import type { Alarms } from '../operators/alarms.ts';

const KEY = 'replicas';
/** One that is promoted, or started again, is there soon. */
const TIMES = 2;

/** Tells operators when decisions are not confirmed by every replica, look after look: what was approved waits, and nobody would know why. */
export function replicasWatch({ replicas, log }: Pick<Deps, 'replicas' | 'log'>, alarms: Alarms): () => Promise<void> {
  let missed = 0;
  return async () => {
    if (!replicas) return;
    if (await replicas.have([])) {
      missed = 0;
      return alarms.over({
        key: KEY,
        title: say`The replicas of Redis confirm decisions again`,
        lines: [say`What waited is opened.`],
      });
    }
    missed += 1;
    if (missed < TIMES) return;
    log.error({ times: missed }, 'the replicas of Redis confirm no decision: nothing is opened');
    await alarms.raise({
      key: KEY,
      title: say`Nothing is opened: the replicas of Redis confirm no decision`,
      lines: [
        say`What is open closes all the same.`,
        say`See whether each replica is connected and keeps up (\`INFO replication\`); disconnect one that hangs. If there is none, see whether the user of Drawbridge may use \`WAIT\` and \`INFO\` (docs/redis.md).`,
      ],
    });
  };
}
