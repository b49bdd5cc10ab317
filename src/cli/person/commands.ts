import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { isRequestId } from '../../core/request/request.ts';
import type { ConnectChoices } from './connect.ts';
import type { Choices, WaitChoices } from './verbs.ts';

const JSON_TEXT = 'print it as JSON';
const SERVER = 'address of Drawbridge, where it is not that of the last sign-in';

/** What is loaded by each command: not the rest of the program. */
const verbs = () => import('./verbs.ts');
const connecting = () => import('./connect.ts');

function withServer(command: Command): Command {
  return command.option('--server <url>', SERVER);
}

function answering(command: Command): Command {
  return withServer(command).option('--json', JSON_TEXT);
}

function waiting(command: Command): Command {
  return command
    .option('--wait', 'wait until it is open, or over')
    .option('--timeout <time>', 'how long to wait', '30m');
}

/** By the time a name comes there, another request may stand for it. */
function idOf(word: string): string {
  if (!isRequestId(word)) throw new InvalidArgumentError('An ID has seven letters and digits: `jit list` shows it.');
  return word;
}

/** What people do on their own computers, once they have signed in. */
export function personCommands(program: Command): void {
  signingIn(program);
  waiting(answering(program.command('request').description('request access, in the words of chat')))
    .argument('<machine>', 'name or ID')
    .argument('[terms...]', 'as in chat: ssh for 2h from me because <reason>')
    .action(async (machine: string, terms: readonly string[], choices: WaitChoices) =>
      (await verbs()).requestVerb([machine, ...terms], choices),
    );
  waiting(answering(program.command('status').description('how a request stands, or all that concern you')))
    .argument('[id]', 'ID of the request', idOf)
    .action(async (id: string | undefined, choices: WaitChoices) => (await verbs()).statusVerb(id, choices));
  answering(program.command('approve').description('approve a request, or more time'))
    .argument('<id>', 'ID of the request', idOf)
    .option('--reason <text>', 'what to say to it')
    .option('--number <number>', 'the number that the requester was told, where the policy wants that')
    .action(async (id: string, choices: Choices) => (await verbs()).approveVerb(id, choices));
  ending(program, 'deny', 'deny a request, or more time');
  ending(program, 'withdraw', 'take back a request that waits');
  answering(program.command('extend').description('request more time'))
    .argument('<id>', 'ID of the request', idOf)
    .argument('[terms...]', 'as in chat: for 1h, until 18:00')
    .action(async (id: string, terms: readonly string[], choices: Choices) =>
      (await verbs()).extendVerb(id, terms, choices),
    );
  paging(program, 'explain', 'what would become of a request, and who would decide');
  answering(program.command('recommend').description('for protectors: machines that should be protected')).action(
    async (choices: Choices) => (await verbs()).pageVerb('recommend', [], choices),
  );
  answering(program.command('whoami').description('who you are to Drawbridge')).action(async (choices: Choices) =>
    (await verbs()).whoamiVerb(choices),
  );
  connects(program);
}

function signingIn(program: Command): void {
  program
    .command('login')
    .description('sign in, with a browser')
    .argument('[server]', 'address of Drawbridge, such as https://drawbridge.example.com')
    .option('--device', 'with a code that is typed in any browser: to list and request, and nothing else')
    .option('--no-browser', 'print the address of the page, and open nothing')
    .action(async (server: string | undefined, how: { device?: boolean; browser?: boolean }) =>
      (await verbs()).loginVerb(server, how),
    );
  program
    .command('logout')
    .description('take the sign-in off this computer')
    .action(async () => (await verbs()).logoutVerb());
}

function ending(program: Command, verb: 'deny' | 'revoke' | 'withdraw', about: string): void {
  answering(program.command(verb).description(about))
    .argument('<id>', 'ID of the request', idOf)
    .argument('[reason...]', 'as in chat: because <reason>')
    .action(async (id: string, words: readonly string[], choices: Choices) =>
      (await verbs()).endVerb(verb, id, words, choices),
    );
}

function paging(program: Command, verb: 'why' | 'explain', about: string): void {
  answering(program.command(verb).description(about))
    .argument('<machine>', 'name or ID')
    .argument('[terms...]', 'as in chat: 22 from 203.0.113.7')
    .action(async (machine: string, terms: readonly string[], choices: Choices) =>
      (await verbs()).pageVerb(verb, [machine, ...terms], choices),
    );
}

function connectable(command: Command): Command {
  return withServer(command)
    .argument('<machine>', 'name or ID, with user@ before it if you like')
    .option('--because <reason>', 'the reason, which is asked for without it')
    .option('--for <time>', 'for how long')
    .option('--from <source>', 'address, prefix, or name of a source')
    .option('--port <number>', 'port of the machine')
    .option('-l, --user <name>', 'whom to sign in as there')
    .option('--timeout <time>', 'how long to wait for the decision', '30m')
    .addOption(new Option('--close', 'close it at the end, without asking'))
    .addOption(new Option('--no-close', 'leave it open until its time, without asking'));
}

function connects(program: Command): void {
  connectable(program.command('ssh').description('request access, wait for it, and connect with ssh'))
    .argument('[words...]', 'behind --: options of ssh; with --proxy: the port')
    .option('--proxy', 'pass on what comes in, as ssh wants of a ProxyCommand: jit ssh --proxy %h %p')
    .action(async (machine: string, words: readonly string[], choices: ConnectChoices) =>
      (await connecting()).sshVerb(machine, words, choices),
    );
  connectable(program.command('rdp').description('request access, wait for it, and open Remote Desktop'))
    .option('--out <file>', 'where to write the file of the connection')
    .option('--no-open', 'write it alone')
    .action(async (machine: string, choices: ConnectChoices) => (await connecting()).rdpVerb(machine, choices));
}

/** What operators have too, on the computer that Drawbridge runs on. */
export function sharedCommands(program: Command): void {
  answering(program.command('list').description('what is open or waits'))
    .addArgument(new Argument('[whose]', 'which of them').choices(['mine', 'pending', 'all']))
    .action(async (whose: string | undefined, choices: Choices) => (await verbs()).listVerbOf(whose, choices));
  answering(program.command('show').description('one request: who is asked and why, whom that reached, who acted'))
    .argument('<id>', 'ID of the request', idOf)
    .action(async (id: string, choices: Choices) => (await verbs()).showVerbOf(id, choices));
  answering(program.command('machines').description('machines that you may request'))
    .argument('[words...]', 'words of their names, places, or tags')
    .action(async (like: readonly string[], choices: Choices) => (await verbs()).machinesVerbOf(like, choices));
  paging(program, 'why', 'whether a packet gets to a port now, through what, or what stops it');
  ending(program, 'revoke', 'close access now');
}
