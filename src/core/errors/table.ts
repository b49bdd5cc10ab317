import { CLOUD_ERRORS } from './cloud.ts';
import type { Entry } from './entry.ts';

/**
 * Every error that Drawbridge knows. `say` may be shown in a chat, and nothing else may; what is in braces is filled in
 * by whoever raises it. `hint` says what to do next. The README's table is held against this one by a test.
 */
export const ERROR_TABLE = {
  // What was asked
  unknownCommand: { kind: 'invalid', say: '“{word}” is not a command.', hint: 'See `/jit help`.' },
  missingMachine: {
    kind: 'invalid',
    say: 'The machine is missing.',
    hint: 'Name it, for example `/jit request web-1 because <reason>`.',
  },
  unknownMachine: { kind: 'notFound', say: 'No machine is called “{typed}”.', hint: '{near}' },
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
  missingDenyReason: {
    kind: 'invalid',
    say: 'A reason is required to deny a request.',
    hint: 'Enter a reason and press Deny again.',
  },
  unknownRequest: { kind: 'notFound', say: 'There is no request “{typed}”.', hint: '`/jit list` shows your requests.' },
  nothingFits: {
    kind: 'notFound',
    say: 'There is nothing to {verb}.',
    hint: '`/jit list` shows open and pending requests.',
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
  // What the policies say
  noPolicy: {
    kind: 'denied',
    say: 'There is no applicable policy for {machine}.',
    hint: 'Ask your Drawbridge administrator to add one.',
  },
  policyPort: {
    kind: 'denied',
    say: 'No policy lets you request port {port} on {machine}.',
    hint: 'You can request {allowed} there.',
  },
  policyDuration: {
    kind: 'denied',
    say: 'Policy {policy} allows at most {longest}; {asked} was requested.',
    hint: 'Request {longest} or less.',
  },
  policySource: {
    kind: 'denied',
    say: '{source} is too wide: policy {policy} allows {widest} or narrower.',
    hint: 'Request from a narrower prefix, ideally your own IP address.',
  },
  policySessions: {
    kind: 'denied',
    say: 'Policy {policy} covers only machines whose open sessions are cut when access ends, and {machine} is not one of them.',
    hint: 'In Azure, turn on flushConnection for its network security group. AWS has no equivalent.',
  },
  notEntitled: {
    kind: 'denied',
    say: 'The Azure roles of {name} do not allow requesting {machine}: {action} is missing.',
    hint: 'Ask the owner of the subscription for the role “Drawbridge requester”.',
  },
  eligibleOnly: {
    kind: 'denied',
    say: 'The Azure role of {name} for {machine} is eligible but not active.',
    hint: 'Activate it in Privileged Identity Management, then try again.',
  },
  conditionalRole: {
    kind: 'denied',
    say: 'The Azure role of {name} for {machine} has a condition, which Drawbridge cannot evaluate.',
    hint: 'Ask the owner of the subscription for a role without a condition.',
  },
  deniedByAzure: {
    kind: 'denied',
    say: 'The Azure deny assignment “{by}” prevents {name} from requesting {machine}.',
    hint: 'Ask the owner of the subscription.',
  },
  notEntitledInAws: {
    kind: 'denied',
    say: 'The AWS policies of {name} do not allow requesting {machine}: {action} is missing or denied.',
    hint: 'Ask the owner of the account.',
  },
  noAwsPrincipal: {
    kind: 'unjudged',
    say: 'Cannot tell what {name} may do in AWS: drawbridge.yaml has no AWS role or user for this person.',
    hint: 'Ask your Drawbridge administrator to add one under `people`, as `aws`.',
  },
  noEntraId: {
    kind: 'unjudged',
    say: 'Cannot tell what {name} may do in Azure: drawbridge.yaml has no Entra ID for this person.',
    hint: 'Ask your Drawbridge administrator to add it under `people`, as `entra`.',
  },
  entitlementUnknown: {
    kind: 'unjudged',
    say: 'The {cloud} roles of {name} for {machine} could not be read, so access is refused.',
    hint: 'Try again. If it keeps failing, the log says what could not be read.',
  },
  policyBastion: {
    kind: 'denied',
    say: 'Policy {policy} does not allow access through Azure Bastion.',
    hint: 'Request from your own IP address, or ask your Drawbridge administrator for `bastion: true`.',
  },
  noBastion: {
    kind: 'refused',
    say: 'No Azure Bastion visible to Drawbridge reaches {machine}.',
    hint: 'Request from your own IP address, or give the prefix of the Bastion subnet: `from <cidr>`.',
  },
  severalBastions: {
    kind: 'invalid',
    say: 'Several Azure Bastions reach {machine}: {names}.',
    hint: 'Give the subnet prefix of the one you use: `from <cidr>`.',
  },
  policyAnySource: {
    kind: 'denied',
    say: 'Policy {policy} does not allow opening a port to every address.',
    hint: 'Request from your own IP address.',
  },
  policyExtension: {
    kind: 'denied',
    say: 'Policy {policy} allows {longest} in total, which is used up at {until}.',
    hint: 'Request access again after it ends.',
  },
  noApprover: {
    kind: 'denied',
    say: 'Too few people can approve this request: policy {policy} needs {needs} and has {have} besides the requester.',
    hint: 'Ask your Drawbridge administrator to add approvers.',
  },
  ownRequest: {
    kind: 'denied',
    say: 'You cannot decide your own request.',
    hint: 'Someone else has to; you can withdraw it.',
  },
  notApprover: {
    kind: 'denied',
    say: 'You may not decide this request.',
    hint: 'Policy {policy} allows {who} to decide.',
  },
  personGone: {
    kind: 'denied',
    say: '{name} is no longer registered with Drawbridge.',
    hint: 'Ask your Drawbridge administrator.',
  },
  approvalVoid: {
    kind: 'denied',
    say: '{name} approved this, but may no longer decide it.',
    hint: 'Someone else has to approve it.',
  },
  moreApprovals: {
    kind: 'denied',
    say: 'Policy {policy} now needs {needs} approvals; {have} of its approvers have approved.',
    hint: 'More approvers have to approve it.',
  },
  notYours: { kind: 'denied', say: 'Only {who} may do that.', hint: '`/jit list` shows your requests.' },
  notProtector: {
    kind: 'denied',
    say: 'You may not protect machines.',
    hint: 'Those who may are listed in drawbridge.yaml under `protectors`.',
  },
  unknownPerson: {
    kind: 'denied',
    say: 'You are not registered with Drawbridge.',
    hint: 'Ask your Drawbridge administrator to add your {chat} ID {id}.',
  },
  // The state of things
  notProtected: {
    kind: 'refused',
    say: 'Port {port} of {machine} is not protected, so it cannot be opened.',
    hint: 'Protected ports: {protected}. `/jit protect {machine}` opens a form to add it.',
  },
  protectedSource: {
    kind: 'refused',
    say: 'The protection of {machine} does not allow {source} on port {port}.',
    hint: 'It allows {allowed}.',
  },
  protectedDuration: {
    kind: 'refused',
    say: 'The protection of {machine} allows port {port} for {longest} at most.',
    hint: 'Request {longest} or less.',
  },
  stillLeased: {
    kind: 'conflict',
    say: '{machine} is in use, or being closed (request {request}).',
    hint: 'Wait until it ends, or close it first with `/jit revoke {request}`.',
  },
  alreadyDecided: { kind: 'conflict', say: 'Already {what} at {at} by {who}.', hint: 'No action is needed.' },
  alreadyOver: {
    kind: 'conflict',
    say: 'This request is over: {what}.',
    hint: 'Request access again if you still need it.',
  },
  notOpen: { kind: 'conflict', say: 'This access is not open ({what}).', hint: '`/jit list` shows what is open.' },
  extensionPending: {
    kind: 'conflict',
    say: 'An extension is already waiting for a decision.',
    hint: 'Ask {who} to decide it.',
  },
  tooLate: { kind: 'conflict', say: 'Too late: this access has ended.', hint: 'Request access again.' },
  sourceTaken: {
    kind: 'conflict',
    say: 'Port {port} of {machine} is open to another address until {until}, and Defender allows one source per port.',
    hint: 'Request access again after that.',
  },
  changedWhileJudging: {
    kind: 'conflict',
    say: 'This request changed while your decision was being checked. It is now: {now}.',
    hint: 'Check its card, then decide again.',
  },
  changedSinceApproval: {
    kind: 'conflict',
    say: 'Something changed after the approval, so access was not opened: {what}.',
    hint: 'Request access again if you still need it.',
  },
  stale: {
    kind: 'busy',
    say: 'Someone else changed this at the same moment.',
    hint: 'Check the latest card and try again.',
  },
  ...CLOUD_ERRORS,
  clockJumped: {
    kind: 'unjudged',
    say: 'The Redis clock jumped, so nothing is opened until an operator has checked it.',
    hint: 'Check the clock of the Redis server; the log explains the next step.',
  },
  // The chats
  chatSilent: { kind: 'busy', say: '{chat} did not respond.', hint: 'Try again in a minute.' },
  chatRefused: {
    kind: 'refused',
    say: '{chat} refused the card: {code}.',
    hint: 'Check that the app is installed and is a member of the channel.',
  },
  // Starting
  badConfig: { kind: 'misconfigured', say: 'The configuration has {errors}:', hint: '{faults}' },
  unsafeRedis: { kind: 'misconfigured', say: 'This Redis may lose data: {why}.', hint: '{fix}' },
  redisFailed: { kind: 'misconfigured', say: 'Redis did not start: {why}.', hint: '{fix}' },
  missingProgram: { kind: 'misconfigured', say: '{program} was not found.', hint: '{fix}' },
  // Us
  bug: {
    kind: 'bug',
    say: 'Something went wrong inside Drawbridge (reference {reference}).',
    hint: 'Try again. If it keeps happening, give this reference to your Drawbridge administrator.',
  },
} as const satisfies Record<string, Entry>;
