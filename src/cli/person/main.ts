import { Command, CommanderError } from 'commander';
import { JitError } from '../../core/errors/errors.ts';
import { answerInJson } from '../every-command.ts';
import { withoutHelp } from '../mistyped.ts';
import { endOutput, endWrong } from '../output.ts';
import { personCommands, sharedCommands } from './commands.ts';
import { failed } from './failed.ts';
import { cleaned, tell } from './terminal.ts';
import { operatorsHint } from './which.ts';

/** The commands of people alone: a computer of theirs has no configuration, and need not load what the operator's need. */
export const personal = new Command('jit')
  .description('Just-in-time network access to virtual machines')
  .exitOverride();
personal.configureHelp({ minWidthToWrap: 20 }).showHelpAfterError();
personCommands(personal);
sharedCommands(personal);
answerInJson(personal);

/** Runs a command line, of which `argv` has all words as a process gets them. Sets the exit code. */
export async function runPersonal(argv: readonly string[]): Promise<void> {
  try {
    await personal.parseAsync(withoutHelp(personal, argv));
    endOutput();
  } catch (error) {
    if (!(error instanceof CommanderError)) endOutput(error, cleaned);
    else if (error.exitCode !== 0) endWrong(error.message, argv);
    process.exitCode = failed(error);
    const hint = error instanceof JitError && error.code === 'notLoggedIn' ? operatorsHint(argv.slice(2)) : undefined;
    if (hint !== undefined) tell(hint, process.stderr);
  }
}
