import { Command, CommanderError } from 'commander';
import { JitError, sayOf } from '../../core/errors/errors.ts';
import { personCommands, sharedCommands } from './commands.ts';
import { EXITS, exitFor } from './exits.ts';
import { ApiRefusal } from './server.ts';
import { tell } from './terminal.ts';

/** The commands of people alone: a computer of theirs has no configuration, and need not load what the operator's need. */
const program = new Command('jit').description('Just-in-time network access to virtual machines').exitOverride();
program.showHelpAfterError();
personCommands(program);
sharedCommands(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = failed(error);
}

function failed(error: unknown): number {
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
