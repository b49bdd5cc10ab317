import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { programVersion } from '../config/version.ts';
import { sayOf } from '../core/errors/errors.ts';
import type { CloudName } from '../core/machine/machine.ts';
import { auditCommands, evidenceCommand, webhookCommands } from './audit-commands.ts';
import type { breakGlassVerb } from './break-glass.ts';
import { completionVerb, SHELLS } from './completion.ts';
import { answerInJson } from './every-command.ts';
import { groupCommands } from './groups.ts';
import { manifestCommands } from './manifest-commands.ts';
import { withoutHelp } from './mistyped.ts';
import { complain, endOutput, endWrong } from './output.ts';
import { peopleCommands } from './people-commands.ts';
import { personCommands } from './person/commands.ts';
import { isPersonal } from './person/which.ts';
import { policyCommands } from './policy-commands.ts';
import type { CreateOptions } from './role-plan.ts';
import { ROLE_BEARERS, rolesVerb } from './roles.ts';
import { asTyped, closable } from './words.ts';

/** `jit <verb>`: one file a verb. Exit code 0 when it was done, 1 when not, 2 when the command line was wrong. */
export const program = new Command('jit')
  .description('Just-in-time network access to virtual machines')
  .version(programVersion())
  .option('-c, --config <file>', 'configuration file', process.env.DRAWBRIDGE_CONFIG ?? 'drawbridge.yaml')
  // Also where 80 columns leave less than usual to what a command is for.
  .configureHelp({ minWidthToWrap: 20 })
  .showHelpAfterError()
  .exitOverride();

const UNEXPECTED = 'Something went wrong inside Drawbridge. Run the command again with LOG_LEVEL=debug to see what.';

/** The command that runs: how it ends depends on whose it is. */
let running = '';
program.hook('preAction', (_, command) => {
  // `policy explain` is the operator's, and `explain` a person's.
  running = command.parent === program ? command.name() : '';
});

const FROM = 'folder of undo records or one of its files, instead of the configured folder';

const JSON_TEXT = 'print it as JSON';
interface Output {
  readonly json?: boolean;
}

const file = (): string => program.opts<{ config: string }>().config;

program
  .command('start')
  .description('run Drawbridge until stopped')
  .option('--web', 'serve the chats only; another process does the work')
  .option('--work', 'do the work only: open and close, without a port for chats')
  .action(async (roles: { web?: boolean; work?: boolean }) => (await import('./start.ts')).startVerb(file(), roles));

program
  .command('init')
  .description('write drawbridge.yaml: asks, finds what it can with your sign-ins, and says what is left to do')
  .option('--answers <file>', 'take the answers from a YAML file, and ask nobody')
  // The prompts, and what looks around, are for this one alone.
  .action(async (options: { answers?: string }) => (await import('./init/init.ts')).initVerb(file(), options));

program
  .command('check')
  .description('check a configuration and report every error')
  .argument('[file]', 'configuration file (default: that of --config)')
  .option('--offline', 'do not look for secrets and files: for CI, which has none')
  .option('--machines', 'also sign in to the clouds, and list which machines each entry of protections selects')
  .action(async (given: string | undefined, options: { machines?: boolean; offline?: boolean }) =>
    (await import('./check.ts')).checkVerb(given ?? file(), options),
  );

program
  .command('protect')
  .description('protect the usual management ports of machines, or the given ones with their limits')
  .argument('<machine>', 'name or ID; several separated by commas, tag:<key>=<value>, or not-configured')
  .argument('[terms...]', 'ports and limits as in chat: 22 from 203.0.113.0/24 for 3h')
  .action(async (machine: string, terms: readonly string[]) =>
    (await import('./protect.ts')).protectVerb(file(), [machine, ...terms]),
  );

program
  .command('unprotect')
  .description('end the protection of a machine: remove what protecting wrote; what a lockdown closed stays closed')
  .argument('<machine>', 'name or ID')
  .action(async (machine: string) => (await import('./unprotect.ts')).unprotectVerb(file(), machine));

program
  .command('list')
  .description('list everything that is open or waits for a decision')
  .option('--json', JSON_TEXT)
  .action(async (options: Output) => (await import('./list.ts')).listVerb(file(), options));

program
  .command('show')
  .description('show one request: who is asked and why, whom that reached, who acted')
  .argument('<id>', 'ID of the request, as `jit list` shows it')
  .option('--json', JSON_TEXT)
  .action(async (id: string, options: Output) => (await import('./show.ts')).showVerb(file(), id, options));

program
  .command('revoke')
  .description('close access now, without a chat')
  .argument('<id>', 'ID of the request, as `jit list` shows it')
  .argument('[terms...]', 'as in chat: because <reason>')
  .action(async (id: string, terms: readonly string[]) =>
    (await import('./close.ts')).closeVerb(file(), ['revoke', id, ...terms]),
  );

program
  .command('close')
  .description('show everything that is open, and close it with the code of that page')
  .addArgument(new Argument('<all>', 'everything').choices(['all']).argParser(everything))
  .argument('[terms...]', 'as in chat: confirm <code>, because <reason>')
  .action(async (all: string, terms: readonly string[]) =>
    (await import('./close.ts')).closeVerb(file(), ['close', all, ...terms]),
  );

program
  .command('break-glass')
  .description('open at once where no chat works, with a signature of an enrolled SSH key; a shell alone opens nothing')
  .argument('<machine>', 'name or ID')
  .argument('[ports...]', 'such as 22 or ssh')
  .requiredOption('--as <person>', 'ID of the person whose key signs')
  .requiredOption('--because <reason>', 'the reason, which everybody who is told reads')
  .option('--from <source>', 'IP address, prefix, or name of a source')
  .option('--for <time>', 'such as 30m')
  .action(async (machine: string, ports: readonly string[], options: Parameters<typeof breakGlassVerb>[2]) =>
    (await import('./break-glass.ts')).breakGlassVerb(file(), [machine, ...ports], options),
  );

program
  .command('doctor')
  .description('say what is wrong with Drawbridge and what it stands on, and what to do; changes nothing')
  .option('--json', JSON_TEXT)
  .action(async (options: Output) => (await import('./doctor.ts')).doctorVerb(file(), options));

program
  .command('drill')
  .description('say how a drill is started, which only security may do, in a chat')
  .option('--last', 'show what came of the last one')
  .action(async (options: { last?: boolean }) => (await import('./drill.ts')).drillVerb(file(), options));

auditCommands(program.command('audit').description('check, export, and look after the audit'), file);
evidenceCommand(program.command('evidence'), file);
webhookCommands(program.command('webhooks').description('say where events go, and post them again'), file);

policyCommands(program.command('policy').description('explain and test what the policies say'), file);

program
  .command('why')
  .description('say whether a packet gets to a port now, through what, or what stops it')
  .argument('<machine>', 'name or ID')
  .argument('[terms...]', 'as in chat: 22 from 203.0.113.7')
  .action(async (machine: string, terms: readonly string[]) =>
    (await import('./why.ts')).whyVerb(file(), [machine, ...terms]),
  );

program
  .command('lockdowns')
  .description('list what lockdowns closed and can be put back')
  .option('--from <path>', FROM)
  .action(async ({ from }: { from?: string }) => (await import('./restore.ts')).lockdownsVerb(file(), from));

peopleCommands(program.command('people'), file);

program
  .command('machines')
  .description('list what is protected by whom, and what is not as the configuration says')
  .action(async () => (await import('./machines.ts')).machinesVerb(file()));

program
  .command('consent')
  .description('list the lockdowns of the configuration that wait for consent, show one, or agree to it')
  .argument('[terms...]', 'as in chat: <code>, or confirm <code>')
  .action(async (terms: readonly string[]) => (await import('./consent.ts')).consentVerb(file(), terms));

program
  .command('restore')
  .description('show what putting back would open, and put it back with the code of that page')
  .argument('<which>', 'a machine by name or ID, an undo record by its ID, or all')
  .argument('[terms...]', 'as in chat: everything, accepting <hash>, confirm <code>')
  .option('--from <path>', FROM)
  .action(async (which: string, terms: readonly string[], { from }: { from?: string }) =>
    (await import('./restore.ts')).restoreVerb(file(), [which, ...terms], from),
  );

program
  .command('roles')
  .description('print the least-privileged roles of a cloud, to be created there: all, or those of somebody')
  .addArgument(new Argument('<cloud>', 'which one').choices(['azure', 'aws', 'gcp']))
  .addOption(new Option('--for <whom>', 'of whom').choices(ROLE_BEARERS))
  .option('--create', 'make them in Azure or AWS with the sign-in at hand: says first what it would do')
  .option('--principal <arn>', 'with --create in AWS: the role or user that Drawbridge runs as')
  .option('--flow-logs <group>', 'the same, with aws.flowLogs: the log group that they go to')
  .option('--dry-run', 'only say what it would do')
  .option('--yes <digest>', 'do it: the digest that stood under what it would do')
  .action(async (cloud: CloudName, options: CreateOptions & { readonly create?: boolean }) =>
    options.create
      ? (await import('./create-roles.ts')).createRolesVerb(file(), cloud, options)
      : rolesVerb(cloud, options.for),
  );

// They are run by src/cli/person/main.ts; here they are in the help.
personCommands(program);

program
  .command('token')
  .description('print a new key for a service, once, and its hash for drawbridge.yaml')
  .addArgument(new Argument('<new>', 'a new key').choices(['new']))
  .option('--json', JSON_TEXT)
  .action(async (_: string, { json }: Output) => (await import('./token.ts')).tokenVerb(json));

program
  .command('completion')
  .description('print what a shell takes to complete jit')
  .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
  .action((shell: string) => completionVerb(shell, program));

manifestCommands(program.command('manifest').description('make the app of Slack or Teams, to be installed there'));

answerInJson(program);
groupCommands(program);
// Each command says how it is used; of all of them, only where that is.
program.showHelpAfterError('`npx jit --help` lists all commands.');

/** One request is closed by another command. */
function everything(word: string): string {
  if (word === 'all') return word;
  throw new InvalidArgumentError(
    '`jit close all` closes everything; to close one request, `jit revoke <id>`, by an ID that `jit list` shows.',
  );
}

/** Runs a command line, of which `argv` has all words as a process gets them. Sets the exit code; gives whether it could not go on. */
export async function runJit(argv: readonly string[]): Promise<boolean> {
  try {
    await program.parseAsync(withoutHelp(program, argv));
    endOutput();
    return false;
  } catch (error) {
    process.exitCode = await failed(error, argv);
    return true;
  }
}

/** Says why it did not work, and gives the exit code. */
async function failed(error: unknown, argv: readonly string[]): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) endWrong(error.message, argv);
    return error.exitCode === 0 ? 0 : 2;
  }
  endOutput(error);
  if (isPersonal([running], { env: {}, hasConfig: true })) return (await import('./person/failed.ts')).failed(error);
  if (process.env.LOG_LEVEL === 'debug') console.error(error);
  const { code, text } = sayOf(closable(error), 'none');
  complain(code === 'bug' ? UNEXPECTED : asTyped(text));
  return 1;
}
