import { JitError } from '../core/errors/errors.ts';
import { limitedLog } from '../kit/limited-log.ts';
import { jsonLog } from '../observe/log.ts';
import type { Log } from '../ports/log.ts';

/**
 * What a command that ends soon says beside its answer, on standard error: each warning once. At a terminal it is a plain line; elsewhere,
 * and where LOG_LEVEL is set, a line of JSON.
 */
export function commandLog(): Log {
  if (process.env.LOG_LEVEL !== undefined) return jsonLog();
  const log = process.stderr.isTTY ? plainLog() : jsonLog('warn');
  return limitedLog(log, { most: 1, periodMs: Number.POSITIVE_INFINITY });
}

function plainLog(): Log {
  const say = ({ error }: Readonly<Record<string, unknown>>, message: string) => {
    // Texts of libraries may hold what nobody may see.
    const why = error instanceof JitError ? error.say : typeof error === 'string' ? error : undefined;
    console.error(why === undefined ? message : `${message} (${why})`);
  };
  return { info: () => {}, warn: say, error: say };
}
