/** How a command is written, with two examples, and what it does. */
export interface TopicUsage {
  readonly usage: string;
  readonly does: string;
  readonly examples: readonly [string, string];
}

/** Every command that has help of its own, in the order in which it is told. */
export const USAGE = {
  request: {
    usage: 'request <machine> [ports] [for 2h | until 18:00] [from <address or name>] because <reason>',
    does: 'Requests access. Any order; without a reason, or without a machine, it opens the form with what you typed.',
    examples: [
      'request web-1 ssh for 2h because deploy 4711',
      'request web-1, api-1 22 until 18:00 from vpn because INC-7',
    ],
  },
  'break-glass': {
    usage: 'break-glass <machine> [ports] [for 30m] [from <address or name>] because <reason>',
    does: 'Opens at once, without an approval, where a break-glass rule names you; it first shows who is told.',
    examples: ['break-glass web-1 ssh because the shop is down', 'break-glass web-1 22 for 30m because INC-7'],
  },
  list: {
    usage: 'list [mine | pending | all]',
    does: 'Shows what is open or waits: all that concerns you, your own (`mine`), what waits for your decision (`pending`), or everything (`all`, for `security`).',
    examples: ['list pending', 'list mine'],
  },
  home: {
    usage: 'home',
    does: 'Shows your page: what is yours, what waits for you, and what you may request.',
    examples: ['home', 'hi'],
  },
  show: {
    usage: 'show <id or machine> …',
    does: 'Shows a request: who is asked and why, whom that reached, who acted.',
    examples: ['show k7m3q9w', 'show web-1'],
  },
  approve: {
    usage: 'approve <id> … [because <reason>]',
    does: 'Approves, like the button. With ports, a time, or a source behind the ID, it offers less instead.',
    examples: ['approve k7m3q9w', 'approve k7m3q9w 22 for 30m'],
  },
  deny: {
    usage: 'deny <id> … because <reason>',
    does: 'Denies, with a reason that the requester sees.',
    examples: ['deny k7m3q9w not needed any more', 'deny k7m3q9w because too wide'],
  },
  revoke: {
    usage: 'revoke <id or machine> … [because <reason>]',
    does: 'Closes access now, of each that is named. What is no request is said, and holds up no other.',
    examples: ['revoke web-1', 'revoke k7m3q9w because done'],
  },
  withdraw: {
    usage: 'withdraw <id or machine> … [because <reason>]',
    does: 'Withdraws a request that waits.',
    examples: ['withdraw k7m3q9w', 'withdraw web-1'],
  },
  extend: {
    usage: 'extend [id or machine] … [for 1h | until 18:00]',
    does: 'Requests more time; it is decided like a first request.',
    examples: ['extend web-1 30m', 'extend k7m3q9w until 18:00'],
  },
  move: {
    usage: 'move [id or machine] [from <address>]',
    does: 'Goes on from another address with what is open, where its approvers saw that you may; without an address, it shows a page that sees yours.',
    examples: ['move web-1 from 203.0.113.9', 'move k7m3q9w'],
  },
  again: {
    usage: 'again <id> …',
    does: 'Requests once more what was denied, expired, or ended.',
    examples: ['again k7m3q9w', 'again k7m3q9w p2x8v4t'],
  },
  nudge: {
    usage: 'nudge [id] …',
    does: 'Reminds those who are asked to decide, once in 15 minutes.',
    examples: ['nudge k7m3q9w', 'nudge'],
  },
  ask: {
    usage: 'ask <id> <question>',
    does: 'Asks the requester; the answer stays on the card.',
    examples: ['ask k7m3q9w for which ticket is this?', 'ask k7m3q9w which release?'],
  },
  answer: {
    usage: 'answer <id> <words>',
    does: 'Answers what was asked about your request.',
    examples: ['answer k7m3q9w it is for INC-4711', 'answer k7m3q9w release 4711'],
  },
  accept: {
    usage: 'accept [id]',
    does: 'Takes the offer of less.',
    examples: ['accept k7m3q9w', 'accept'],
  },
  decline: {
    usage: 'decline [id]',
    does: 'Does not take the offer; the request waits as before.',
    examples: ['decline k7m3q9w', 'decline'],
  },
  match: {
    usage: 'match <id> <number>',
    does: 'Approves with the number that the requester was told.',
    examples: ['match k7m3q9w 42', 'match k7m3q9w 17'],
  },
  delegate: {
    usage: 'delegate <person> until <day or time> · delegate list · delegate stop',
    does: 'Lets somebody decide for you for a while, lists that, or ends it.',
    examples: ['delegate @sam until friday', 'delegate stop'],
  },
  reviews: {
    usage: 'reviews',
    does: 'Lists the break-glass access that somebody else has to review.',
    examples: ['reviews', 'review k7m3q9w right because the shop was down'],
  },
  review: {
    usage: 'review <id> right because <words> · review <id> wrong because <words>',
    does: 'Reviews break-glass access.',
    examples: ['review k7m3q9w right because the shop was down', 'review k7m3q9w wrong because nothing was down'],
  },
  why: {
    usage: 'why <machine> [port] [from <address or name>]',
    does: 'Says what lets you in now, or what stops you.',
    examples: ['why web-1', 'why web-1 22 from vpn'],
  },
  explain: {
    usage: 'explain <machine> [ports] [for 2h] [from <address or name>] [at <time>] [for <person>]',
    does: 'Says, before you request, whether it would pass, and who would decide.',
    examples: ['explain web-1 ssh for 2h', 'explain web-1 22 from vpn at tomorrow 9:00'],
  },
  whoami: {
    usage: 'whoami',
    does: 'Says who you are to Drawbridge, through what, with which groups and managers.',
    examples: ['whoami', 'who am i'],
  },
  link: {
    usage: 'link [code] · link list',
    does: 'Links your Slack account to your account of Entra ID.',
    examples: ['link', 'link list'],
  },
  address: {
    usage: 'address [code]',
    does: 'Gives a page that shows the address that you connect from; its code makes it your source.',
    examples: ['address', 'address K7M3Q9'],
  },
  unlink: {
    usage: 'unlink [Slack ID]',
    does: 'Ends a link.',
    examples: ['unlink', 'unlink U0ADA'],
  },
  protect: {
    usage: 'protect <machine>, … [usual | ports] [from <address or name> or …] [for 3h] [closing | copying | leaving]',
    does: 'Keeps ports closed until a request is approved. With a machine alone, it opens a form.',
    examples: ['protect web-1 usual', 'protect web-1, api-1 22 from vpn for 3h closing'],
  },
  unprotect: {
    usage: 'unprotect <machine> …',
    does: 'Ends the protection of machines.',
    examples: ['unprotect web-1', 'unprotect web-1, api-1'],
  },
  machines: {
    usage: 'machines',
    does: 'Lists what is protected, by whom, since when.',
    examples: ['machines', 'help machines'],
  },
  board: {
    usage: 'board',
    does: 'Gives a link to the board: what is open, what waits, and what was.',
    examples: ['board', 'help board'],
  },
  lockdowns: {
    usage: 'lockdowns',
    does: 'Lists what lockdowns closed.',
    examples: ['lockdowns', 'help lockdowns'],
  },
  restore: {
    usage: 'restore <machine or record> [everything] [accepting <hash>] [confirm <code>]',
    does: 'Puts back what a lockdown closed; it first shows what would be open.',
    examples: ['restore web-1', 'restore web-1 everything'],
  },
  consent: {
    usage: 'consent [code] · consent confirm <code>',
    does: 'Lists lockdowns that the configuration wants, shows one, or agrees to it.',
    examples: ['consent', 'consent confirm 3f2a90bc11de'],
  },
  rules: {
    usage: 'rules · rules approve <code> · rules reject <code>',
    does: 'Shows changed rules that wait for their owners, and decides them.',
    examples: ['rules', 'rules approve 3f2a90bc11de'],
  },
  recommend: {
    usage: 'recommend',
    does: 'Shows which machines should be protected.',
    examples: ['recommend', 'help recommend'],
  },
  'close all': {
    usage: 'close all [confirm <code>] [because <reason>]',
    does: 'For `security`: shows what it would close, then closes it.',
    examples: ['close all', 'close all because of a breach'],
  },
  drill: {
    usage: 'drill [machine]',
    does: 'For `security`: tries on a sandbox machine whether a port is closed in time.',
    examples: ['drill', 'drill sandbox-1'],
  },
  doctor: {
    usage: 'doctor',
    does: 'For `security`: says what is wrong with Drawbridge, and what to do.',
    examples: ['doctor', 'help doctor'],
  },
  help: {
    usage: 'help [command]',
    does: 'Shows all commands, or one of them.',
    examples: ['help', 'help request'],
  },
} as const satisfies Readonly<Record<string, TopicUsage>>;

export type Topic = keyof typeof USAGE;

export function isTopic(word: string): word is Topic {
  return Object.hasOwn(USAGE, word);
}
