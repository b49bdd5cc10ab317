import { setTimeout as wait } from 'node:timers/promises';
import type { Deps } from '../app/deps.ts';
import { converge } from '../app/machine/converge.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../configuration.ts';
import type { CloudName } from '../core/machine/machine.ts';
import { isInForce, placementsOf, type Request } from '../core/request/request.ts';
import { jsonLog } from '../observe/log.ts';
import type { Cloud } from '../ports/cloud.ts';
import { startPulse } from '../queue/pulse.ts';

/** It takes the locks so long before the end, so that no other process closes first. */
const AHEAD_MS = 1_500;
const STEP_MS = 100;
/** It lives no longer than this after the end: whoever should have killed it did not. */
const LINGER_MS = 20_000;
const LOCK_WAIT_MS = 10_000;

interface Told {
  /** The configuration. */
  readonly file: string;
  /** With the secrets that the configuration names. */
  readonly environment: Readonly<Record<string, string>>;
  readonly request: string;
  readonly dueAt: number;
}

/**
 * The process of a drill: closes the canary by the same code as any other, up to the call of the cloud, says so, and waits there to
 * be killed. It never calls a cloud to change anything, and goes by itself when its parent is gone.
 */
async function run({ file, environment, request: id, dueAt }: Told, signal: AbortSignal): Promise<void> {
  Object.assign(process.env, environment);
  const composed = await compose(await loadConfig(file), jsonLog('error'));
  const { deps, pulse } = composed;
  const beating = startPulse({ ...deps, pulse });
  try {
    await until(deps, dueAt - AHEAD_MS, signal);
    const { request } = await deps.store.load(id);
    if (!request?.drill || !isInForce(request)) throw new Error('no drill is under way');
    await closeUpToTheCall(deps, request, signal);
  } finally {
    await beating.stop();
    await composed.close();
  }
}

async function closeUpToTheCall(deps: Deps, request: Request, signal: AbortSignal): Promise<void> {
  const { machine } = request;
  const locks = [...new Set(placementsOf(request).flatMap((placement) => placement.locks))];
  const clouds = new Map([...deps.clouds].map(([name, cloud]): [CloudName, Cloud] => [name, hanging(cloud, signal)]));
  const ttlMs = 2 * Math.max(...[...clouds.values()].map(({ limits }) => limits.callMs));
  const options = { ttlMs, waitMs: LOCK_WAIT_MS, closing: true, removes: true, signal };
  await deps.lock.hold(locks.length > 0 ? locks : [machine], options, async (held) => {
    await until(deps, request.status === 'active' ? request.lease.until : 0, signal);
    // It has them already.
    const lock: Deps['lock'] = { hold: (_, __, work) => work(held) };
    // Where another process said first that the time is over, the first look of this one comes to nothing.
    for (let isLeft = true; isLeft && !signal.aborted; ) {
      await converge({ ...deps, clouds, lock }, machine, signal);
      const { request: now } = await deps.store.load(request.id);
      isLeft = now !== undefined && now.status !== 'ended';
      await wait(STEP_MS, undefined, { signal });
    }
  });
}

/** A cloud that can be read, and hangs where it would be changed. */
function hanging(cloud: Cloud, signal: AbortSignal): Cloud {
  const hang = () =>
    new Promise<never>((_, reject) => {
      process.send?.('closing');
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  return { ...cloud, open: () => Promise.reject(new Error('a drill opens nothing here')), close: hang };
}

async function until(deps: Deps, at: number, signal: AbortSignal): Promise<void> {
  for (let { at: now } = await deps.store.now(); now < at; { at: now } = await deps.store.now())
    await wait(Math.min(STEP_MS, at - now), undefined, { signal });
}

const stopping = new AbortController();
process.once('disconnect', () => stopping.abort());
process.once('message', (told) => {
  const canary = told as Told;
  const late = setTimeout(() => stopping.abort(), Math.max(0, canary.dueAt - Date.now()) + LINGER_MS);
  run(canary, stopping.signal)
    .catch((error: unknown) => {
      process.exitCode = 1;
      if (!stopping.signal.aborted) console.error(JSON.stringify({ level: 'error', message: String(error) }));
    })
    .finally(() => {
      clearTimeout(late);
      process.disconnect?.();
    });
});
