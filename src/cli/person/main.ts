import { Command } from 'commander';
import { personCommands, sharedCommands } from './commands.ts';
import { failed } from './failed.ts';

/** The commands of people alone: a computer of theirs has no configuration, and need not load what the operator's need. */
const program = new Command('jit').description('Just-in-time network access to virtual machines').exitOverride();
program.configureHelp({ minWidthToWrap: 20 }).showHelpAfterError();
personCommands(program);
sharedCommands(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = failed(error);
}
