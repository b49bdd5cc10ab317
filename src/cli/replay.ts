import { replay } from '../app/request/replay.ts';
import { compose } from '../compose.ts';
import { houseRules } from '../config/house.ts';
import { checkedConfig, loadConfig } from '../configuration.ts';
import { JitError } from '../core/errors/errors.ts';
import { parseDuration } from '../core/language/duration.ts';
import { tidy } from '../core/language/text.ts';
import { replayPage } from '../core/view/replay-page.ts';
import { peopleRoom } from '../rooms.ts';
import { commandLog } from './command-log.ts';
import { printJson, show } from './output.ts';

/** Of everything that may take long, the inventory of many accounts does. */
const MOST_MS = 600_000;

interface Options {
  readonly since: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `jit policy replay <changed>`: what another file would have decided of what was really asked. Nothing is kept, and nobody is told. */
export async function replayVerb(file: string, changed: string, { since, all, json }: Options): Promise<void> {
  const forMs = parseDuration(since);
  if (forMs === undefined) throw new JitError('malformedDuration', { word: tidy(since, 60) });
  const config = await loadConfig(file);
  const { config: other } = await checkedConfig(changed, { offline: true });
  const log = commandLog();
  const { deps, close } = await compose(config, log);
  try {
    const wouldBe = { rules: houseRules(other), directory: await peopleRoom(other, log) };
    const { at } = await deps.store.now();
    const told = await replay(deps, { now: deps, wouldBe }, at - forMs, AbortSignal.timeout(MOST_MS));
    if (json) printJson(told);
    else show(replayPage(told, all ? Number.POSITIVE_INFINITY : undefined));
  } finally {
    await close();
  }
}
