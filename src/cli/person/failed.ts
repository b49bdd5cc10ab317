import { CommanderError } from 'commander';
import { JitError, sayOf } from '../../core/errors/errors.ts';
import { EXITS, exitFor } from './exits.ts';
import { ApiRefusal } from './server.ts';
import { tell } from './terminal.ts';

/** Says why a command of a person did not work, and gives its exit code. */
export function failed(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXITS.usage[0];
  if (process.env.LOG_LEVEL === 'debug') console.error(error);
  if (error instanceof ApiRefusal) {
    tell(error.message, process.stderr);
    return exitFor(error.kind, error.code);
  }
  if (error instanceof JitError) {
    tell(error.text, process.stderr);
    return exitFor(error.kind, error.code);
  }
  tell(sayOf(error, 'none').text, process.stderr);
  return EXITS.fault[0];
}
