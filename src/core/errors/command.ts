import type { Entry } from './entry.ts';

/** What can be wrong with what somebody typed, filled in or pressed. */
export const COMMAND_ERRORS = {
  unknownCommand: { kind: 'invalid', say: '“{word}” is not a command.', hint: 'See `/jit help`.' },
  missingMachine: {
    kind: 'invalid',
    say: 'The machine is missing.',
    hint: 'Name it.',
  },
  requestForMachine: {
    kind: 'invalid',
    say: '“{typed}” is a request for {machine}, and this takes a machine.',
    hint: 'Nothing was done.',
  },
  messageLink: {
    kind: 'invalid',
    say: 'This is the address of a message, which does not say what it is about.',
    hint: 'Use the ID of the request, which stands on its card, or the address of its page on the board.',
  },
  unknownMachine: { kind: 'notFound', say: 'No machine is called “{typed}”.', hint: '{near}' },
  unknownAddress: {
    kind: 'notFound',
    say: 'No machine that you can request has the address {address}.',
    hint: 'Check it, or name the machine: `/jit request` alone lists the machines you can request.',
  },
  machineNotServed: {
    kind: 'refused',
    say: 'Drawbridge does not open {machine}: {because}.',
    hint: 'Request a machine from which you get there.',
  },
  machineNotRead: {
    kind: 'busy',
    say: 'No machine that Drawbridge can read now is called “{typed}”, but it could not read {places}.',
    hint: 'Try again in five minutes; if it stays, ask whoever runs Drawbridge to look at its log.',
  },
  selectionNotRead: {
    kind: 'busy',
    say: 'Nobody can tell which machines “{typed}” means: {places} could not be read.',
    hint: 'Name the machines, or try again in five minutes.',
  },
  ambiguousMachine: {
    kind: 'invalid',
    say: '“{typed}” matches {count} machines: {names}.',
    hint: 'Use one of these IDs instead of the name.',
  },
  malformedPort: {
    kind: 'invalid',
    say: '“{word}” is not a port.',
    hint: 'Use a number such as 22, or ssh, rdp, or winrm.',
  },
  malformedSource: {
    kind: 'invalid',
    say: '“{word}” is not an IP address.',
    hint: 'Use an address or CIDR prefix such as 203.0.113.7 or 203.0.113.0/28.',
  },
  sourceTwoWays: {
    kind: 'invalid',
    say: '“{word}” can be read in two ways.',
    hint: 'Use {address} for one address, or {network} for the whole network.',
  },
  unknownSource: {
    kind: 'invalid',
    say: '“{word}” is neither an IP address nor the name of a source.',
    hint: 'Use an address or CIDR prefix such as 203.0.113.7, or one of these names: {names}.',
  },
  severalPrefixes: {
    kind: 'invalid',
    say: 'The source {name} stands for several prefixes, and a request is for one.',
    hint: 'Name the one you connect from: {prefixes}.',
  },
  severalSources: {
    kind: 'invalid',
    say: 'A request is for one source, not for {sources}.',
    hint: 'Name the one you connect from, for example `from 203.0.113.7`.',
  },
  missingSource: {
    kind: 'invalid',
    say: 'Which IP address will you connect from?',
    hint: 'Add `from <your public IP address>`, for example `from 203.0.113.7`.',
  },
  malformedDuration: {
    kind: 'invalid',
    say: '“{word}” is not a duration.',
    hint: 'Use for example `for 45m`, `for 2h`, or `for 1h30m`.',
  },
  tooShort: {
    kind: 'invalid',
    say: '{asked} is too short; the minimum is {shortest}.',
    hint: 'Use {shortest} or more.',
  },
  tooLong: { kind: 'invalid', say: '{asked} is too long; the maximum is {longest}.', hint: 'Use {longest} or less.' },
  tooManyOfYours: {
    kind: 'refused',
    say: 'You already have {most} requests that are pending or open, and that is the limit.',
    hint: '`/jit list` shows them: withdraw or close some with `/jit withdraw <id>` or `/jit revoke <id>`, then request again.',
  },
  tooManyOnMachine: {
    kind: 'refused',
    say: '{machine} already has {most} requests that are pending or open, and that is the limit.',
    hint: 'Try again when some have ended, or ask whoever runs Drawbridge to raise `requests.perMachine`.',
  },
  tooManyRequests: {
    kind: 'refused',
    say: 'Drawbridge already has {most} requests that are pending or open, and that is the limit.',
    hint: 'Nothing that is open is affected. Ask whoever runs Drawbridge to look for a flood, or to raise `requests.total`.',
  },
  unknownRecord: {
    kind: 'notFound',
    say: 'No undo record is called {id}.',
    hint: '`/jit lockdowns` lists those there are; if it is not among them, it was put back already.',
  },
  nothingClosed: {
    kind: 'notFound',
    say: 'Nothing that a lockdown closed for {what} can be put back.',
    hint: '`/jit lockdowns` lists what is closed.',
  },
  needsTwo: {
    kind: 'refused',
    say: 'This opens machines to the internet, which takes two people.',
    hint: 'Put it back in Slack or Teams with `/jit restore`, where two protectors confirm it. Records from elsewhere go to the undo folder first.',
  },
  noTrace: {
    kind: 'refused',
    say: 'What a packet meets on its way to {machine} cannot be told in its cloud.',
    hint: '`/jit recommend` and the cards of its requests name the rules that are known.',
  },
  unknownPage: {
    kind: 'notFound',
    say: 'No page {code} waits for consent: it was closed, changed, or got too old.',
    hint: '`/jit consent` lists what waits.',
  },
  drillNotSet: {
    kind: 'refused',
    say: 'No drill is set up as it was asked for.',
    hint: 'Set `drill.tag` in drawbridge.yaml to a tag that only sandbox machines bear.',
  },
  notSandbox: {
    kind: 'refused',
    say: '{machine} does not bear the tag {tag}, so no drill is run on it.',
    hint: 'Name a machine that bears it: one that nobody needs.',
  },
  noSandbox: {
    kind: 'notFound',
    say: 'No machine bears the tag {tag}.',
    hint: 'Tag one that nobody needs, and protect it.',
  },
  whichSandbox: {
    kind: 'invalid',
    say: '{count} machines bear the tag {tag}: {names}.',
    hint: 'Name one, for example `/jit drill {first}`.',
  },
  drillUnderWay: {
    kind: 'conflict',
    say: 'A drill on {machine} is under way.',
    hint: 'What comes of it is told when it is over.',
  },
  sandboxInUse: {
    kind: 'refused',
    say: 'Other access is open on {machine}, or behind the same group or policy ({count}): a drill would hold up its closing.',
    hint: 'Wait until it is over, or use a sandbox machine with a group of its own.',
  },
  missingPorts: {
    kind: 'invalid',
    say: 'The ports are missing.',
    hint: 'Name them, for example `/jit protect <machine> 22 from 203.0.113.0/24 for 3h`.',
  },
  repeatedPort: { kind: 'invalid', say: 'Port {port} is listed twice.', hint: 'Keep it on one line only.' },
  unknownSelection: {
    kind: 'notFound',
    say: 'No machine matches “{typed}”.',
    hint: 'Use names separated by commas, `tag:<key>=<value>`, or `not-configured`.',
  },
  tooManyMachines: {
    kind: 'invalid',
    say: '{count} machines are too many at once; the maximum is {most}.',
    hint: 'Select fewer, by a narrower tag or by name.',
  },
  changedMeanwhile: {
    kind: 'conflict',
    say: 'The protection of {machine} has changed since this form was opened.',
    hint: 'Open it again with `/jit protect {machine}`.',
  },
  missingReason: {
    kind: 'invalid',
    say: 'A justification is required.',
    hint: 'Add `because <reason>`; approvers will see it.',
  },
  sourceOfBefore: {
    kind: 'invalid',
    say: 'That request was from {source}, and you have requested from elsewhere since, or that name stands for nothing any more.',
    hint: 'Request with the address that you connect from now: `/jit request {machine} from <address> because <reason>`.',
  },
  missingQuestion: {
    kind: 'invalid',
    say: 'The question is missing.',
    hint: 'For example `/jit ask <id> for which ticket is this?`',
  },
  missingAnswer: {
    kind: 'invalid',
    say: 'The answer is missing.',
    hint: 'For example `/jit answer <id> it is for INC-4711`.',
  },
  nothingAsked: {
    kind: 'conflict',
    say: 'Nothing that was asked about this request waits for an answer.',
    hint: 'Its card shows what was asked and answered.',
  },
  tooManyQuestions: {
    kind: 'refused',
    say: '{most} questions were asked about this request, and that is the limit.',
    hint: 'Talk to the requester; or deny it with a reason.',
  },
  missingOffer: {
    kind: 'invalid',
    say: 'It is not said what you would approve.',
    hint: 'Write for example `22 for 30m from 203.0.113.7`.',
  },
  offerNotLess: {
    kind: 'invalid',
    say: 'An offer is for less than what was requested, and for nothing else: {asked}.',
    hint: 'Name fewer of these ports, less time, or a narrower source within that one; or approve it as it is.',
  },
  noOffer: {
    kind: 'conflict',
    say: 'This offer does not stand any more.',
    hint: 'The card shows what stands now; `/jit list` does, too.',
  },
  missingDenyReason: {
    kind: 'invalid',
    say: 'A reason is required to deny a request.',
    hint: 'The requester will see it.',
  },
  yourTurn: {
    kind: 'conflict',
    say: 'This waits for you: {what}.',
    hint: 'The card has a button for it; `/jit answer`, `/jit accept`, and `/jit decline` do the same.',
  },
  approvedAlready: {
    kind: 'conflict',
    say: 'You approved this already.',
    hint: 'It waits for others; the card says who.',
  },
  extensionAsItIs: {
    kind: 'conflict',
    say: 'More time is requested for this access.',
    hint: 'That is approved or denied as it is.',
  },
  unknownRequest: { kind: 'notFound', say: 'There is no request “{typed}”.', hint: '`/jit list` shows your requests.' },
  requestLost: {
    kind: 'notFound',
    say: 'There is no request “{typed}” any more: Redis lost its last changes, as was noticed on {when}.',
    hint: 'Request again with `/jit request`. If it was open, it ends at its time; `/jit list` names it.',
  },
  nothingFits: {
    kind: 'notFound',
    say: 'There is nothing to {verb}.',
    hint: '`/jit list` shows open and pending requests.',
  },
  nothingFitsThere: {
    kind: 'notFound',
    say: 'There is nothing to {verb} on {machine}. Its request `{id}`: {what}.',
    hint: '`/jit show {id}` says more.',
  },
  ambiguousRequest: {
    kind: 'invalid',
    say: '{count} requests match: {names}.',
    hint: 'Add an ID, for example `/jit {verb} {first}`.',
  },
  unreadableButton: {
    kind: 'invalid',
    say: 'This button cannot be read.',
    hint: 'Use the latest card, or `/jit list`.',
  },
  notCloser: {
    kind: 'denied',
    say: 'You may not close this access.',
    hint: '{requester}, {who}, and people of `security` may.',
  },
} as const satisfies Record<string, Entry>;
