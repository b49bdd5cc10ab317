import { CLOUD_ERRORS } from './cloud.ts';
import type { Entry } from './entry.ts';

/**
 * Every error that Drawbridge knows. `say` may be shown in a chat, and nothing else may; what is in braces is filled in
 * by whoever raises it. `hint` says what to do next. The README's table is held against this one by a test.
 */
export const ERROR_TABLE = {
  // What was asked
  unknownCommand: { kind: 'invalid', say: 'I do not know “{word}”.', hint: 'Try `/jit help`.' },
  missingMachine: { kind: 'invalid', say: 'Which machine?', hint: 'Write `/jit request <machine> because <reason>`.' },
  unknownMachine: { kind: 'notFound', say: 'I know no machine called “{typed}”.', hint: '{near}' },
  ambiguousMachine: {
    kind: 'invalid',
    say: '“{typed}” could be {count} machines: {names}.',
    hint: 'Write one of these ids instead of the name.',
  },
  malformedPort: {
    kind: 'invalid',
    say: '“{word}” is not a port.',
    hint: 'Write a number such as 22, or ssh, rdp, winrm.',
  },
  malformedSource: {
    kind: 'invalid',
    say: '“{word}” is not an address.',
    hint: 'Write an address or CIDR prefix such as 203.0.113.7 or 203.0.113.0/28.',
  },
  missingSource: {
    kind: 'invalid',
    say: 'From which address will you come?',
    hint: 'Add `from <your public address>`, for example `from 203.0.113.7`.',
  },
  malformedDuration: {
    kind: 'invalid',
    say: '“{word}” is not a duration.',
    hint: 'Write for example `for 45m`, `for 2h` or `for 1h30m`.',
  },
  tooShort: {
    kind: 'invalid',
    say: '{asked} is too short; the shortest is {shortest}.',
    hint: 'Ask for {shortest} or more.',
  },
  tooLong: { kind: 'invalid', say: '{asked} is too long; the longest is {longest}.', hint: 'Write {longest} or less.' },
  missingPorts: {
    kind: 'invalid',
    say: 'Which ports?',
    hint: 'Write for example `/jit protect <machine> 22 from 203.0.113.0/24 for 3h`.',
  },
  repeatedPort: { kind: 'invalid', say: 'Port {port} is there twice.', hint: 'Write it in one line only.' },
  unknownSelection: {
    kind: 'notFound',
    say: 'No machine fits “{typed}”.',
    hint: 'Write names with commas between, `tag:<key>=<value>`, or `not-configured`.',
  },
  tooManyMachines: {
    kind: 'invalid',
    say: '{count} machines are too many at once; {most} are the most.',
    hint: 'Choose fewer, by a narrower tag or by name.',
  },
  changedMeanwhile: {
    kind: 'conflict',
    say: 'The protection of {machine} was changed since this form was opened.',
    hint: 'Open it again: `/jit protect {machine}`.',
  },
  missingReason: { kind: 'invalid', say: 'Why is it needed?', hint: 'Add `because <reason>`; the approver sees it.' },
  missingDenyReason: {
    kind: 'invalid',
    say: 'Please say why you deny it.',
    hint: 'Write a reason and press Deny again.',
  },
  unknownRequest: { kind: 'notFound', say: 'I know no request “{typed}”.', hint: '`/jit list` shows yours.' },
  nothingFits: {
    kind: 'notFound',
    say: 'There is nothing to {verb}.',
    hint: '`/jit list` shows what is open and what waits.',
  },
  ambiguousRequest: {
    kind: 'invalid',
    say: 'You have {count} that fit: {names}.',
    hint: 'Add the id, for example `/jit {verb} {first}`.',
  },
  // What the policies say
  noPolicy: { kind: 'denied', say: 'No policy lets you reach {machine}.', hint: 'Ask whoever keeps drawbridge.yaml.' },
  policyPort: {
    kind: 'denied',
    say: 'No policy lets you ask for port {port} of {machine}.',
    hint: 'You may ask for {allowed} there.',
  },
  policyDuration: {
    kind: 'denied',
    say: 'Policy {policy} allows at most {longest}; you asked for {asked}.',
    hint: 'Ask for {longest} or less.',
  },
  policySource: {
    kind: 'denied',
    say: '{source} is too wide: policy {policy} allows at most {widest}.',
    hint: 'Ask from a narrower prefix, best your own address.',
  },
  policySessions: {
    kind: 'denied',
    say: 'Policy {policy} is for machines whose open sessions are cut at the end, and those of {machine} are not.',
    hint: 'In Azure, turn on flushConnection for its network security group; AWS has nothing like it.',
  },
  notEntitled: {
    kind: 'denied',
    say: 'The Azure roles of {name} do not allow asking for {machine}: {action} is missing.',
    hint: 'Ask whoever keeps the subscription for the role “Drawbridge requester” there.',
  },
  eligibleOnly: {
    kind: 'denied',
    say: 'The Azure role of {name} for {machine} is eligible only, not active.',
    hint: 'It has to be activated in Privileged Identity Management first.',
  },
  conditionalRole: {
    kind: 'denied',
    say: 'The Azure role of {name} for {machine} has a condition, which I cannot judge.',
    hint: 'Ask whoever keeps the subscription for a role without one.',
  },
  deniedByAzure: {
    kind: 'denied',
    say: 'The deny assignment “{by}” in Azure keeps {name} from asking for {machine}.',
    hint: 'Ask whoever keeps the subscription.',
  },
  notEntitledInAws: {
    kind: 'denied',
    say: 'The AWS policies of {name} do not allow asking for {machine}: {action} is missing, or denied.',
    hint: 'Ask whoever keeps the account.',
  },
  noAwsPrincipal: {
    kind: 'unjudged',
    say: 'I cannot tell what {name} may do in AWS: drawbridge.yaml has no role or user.',
    hint: 'Ask whoever keeps drawbridge.yaml to add it, under `people`, as `aws`.',
  },
  noEntraId: {
    kind: 'unjudged',
    say: 'I cannot tell what {name} may do in Azure: drawbridge.yaml has no Entra id.',
    hint: 'Ask whoever keeps drawbridge.yaml to add it.',
  },
  entitlementUnknown: {
    kind: 'unjudged',
    say: 'I could not find out whether the {cloud} roles of {name} allow asking for {machine}, so no.',
    hint: 'Try again; if it stays, the log says what could not be read.',
  },
  policyBastion: {
    kind: 'denied',
    say: 'Policy {policy} does not allow access through Azure Bastion.',
    hint: 'Ask from your own address, or ask whoever keeps drawbridge.yaml for `bastion: true`.',
  },
  noBastion: {
    kind: 'refused',
    say: 'No Azure Bastion that I can see reaches {machine}.',
    hint: 'Ask from your own address, or write the prefix of its subnet: `from <cidr>`.',
  },
  severalBastions: {
    kind: 'invalid',
    say: 'Several Azure Bastions reach {machine}: {names}.',
    hint: 'Write the prefix of the one that you use: `from <cidr>`.',
  },
  policyAnySource: {
    kind: 'denied',
    say: 'Policy {policy} does not allow access from everywhere.',
    hint: 'Ask from your own address.',
  },
  policyExtension: {
    kind: 'denied',
    say: 'Policy {policy} allows {longest} in all, and that is used up at {until}.',
    hint: 'Ask for new access when this one is over.',
  },
  noApprover: {
    kind: 'denied',
    say: 'Not enough people could approve this: policy {policy} needs {needs}, and has {have} besides whoever asks.',
    hint: 'Ask whoever keeps drawbridge.yaml.',
  },
  ownRequest: {
    kind: 'denied',
    say: 'This is your own request; somebody else decides it.',
    hint: 'You can withdraw it.',
  },
  notApprover: { kind: 'denied', say: 'You may not decide this request.', hint: 'Policy {policy} lets {who} decide.' },
  personGone: {
    kind: 'denied',
    say: '{name} is not registered with Drawbridge any more.',
    hint: 'Ask whoever keeps drawbridge.yaml.',
  },
  approvalVoid: {
    kind: 'denied',
    say: '{name}, who approved this, may not decide it any more.',
    hint: 'Somebody else has to approve it.',
  },
  moreApprovals: {
    kind: 'denied',
    say: 'Policy {policy} now needs {needs} approvals; of its approvers, {have} approved.',
    hint: 'Others have to approve it too.',
  },
  notYours: { kind: 'denied', say: 'Only {who} may do that.', hint: '`/jit list` shows what you may do.' },
  notProtector: {
    kind: 'denied',
    say: 'You may not protect machines.',
    hint: 'drawbridge.yaml names who may, under `protectors`.',
  },
  unknownPerson: {
    kind: 'denied',
    say: 'I do not know you.',
    hint: 'Ask whoever keeps drawbridge.yaml to add your {chat} id {id}.',
  },
  // The state of things
  notProtected: {
    kind: 'refused',
    say: 'Port {port} of {machine} is not protected, so I cannot open it.',
    hint: 'Protected there: {protected}. `/jit protect {machine}` protects the usual ports.',
  },
  protectedSource: {
    kind: 'refused',
    say: 'The protection of {machine} does not allow {source} on port {port}.',
    hint: 'It allows {allowed}.',
  },
  protectedDuration: {
    kind: 'refused',
    say: 'The protection of {machine} allows port {port} for at most {longest}.',
    hint: 'Ask for less.',
  },
  stillLeased: {
    kind: 'conflict',
    say: 'Somebody still has access to {machine}, or it is being closed (request {request}).',
    hint: 'Wait for its end, or close it first: `/jit revoke {request}`.',
  },
  alreadyDecided: { kind: 'conflict', say: 'Already {what} at {at} by {who}.', hint: 'Nothing more to do.' },
  alreadyOver: { kind: 'conflict', say: 'This request is over: {what}.', hint: 'Ask again if you still need access.' },
  notOpen: { kind: 'conflict', say: 'This access is not open ({what}).', hint: '`/jit list` shows what is.' },
  extensionPending: {
    kind: 'conflict',
    say: 'An extension is already waiting for a decision.',
    hint: 'Ask {who} to decide it.',
  },
  tooLate: { kind: 'conflict', say: 'Too late: the access ended meanwhile.', hint: 'Ask for new access.' },
  sourceTaken: {
    kind: 'conflict',
    say: 'Port {port} of {machine} is open for another address until {until}, and Defender allows one source per port.',
    hint: 'Ask again after that.',
  },
  changedWhileJudging: {
    kind: 'conflict',
    say: 'This request changed while your decision was being judged. Now: {now}.',
    hint: 'Look at its card, then decide again.',
  },
  changedSinceApproval: {
    kind: 'conflict',
    say: 'Something changed after the approval, so it was not opened: {what}.',
    hint: 'Ask again if it is still needed.',
  },
  stale: {
    kind: 'busy',
    say: 'Somebody else changed this at the same moment.',
    hint: 'Look at the card and try again.',
  },
  ...CLOUD_ERRORS,
  clockJumped: {
    kind: 'unjudged',
    say: 'The clock of Redis jumped; nothing is opened until somebody has looked.',
    hint: 'Check the clock of the Redis server; the log says what to do then.',
  },
  // The chats
  chatSilent: { kind: 'busy', say: '{chat} did not answer; trying again.' },
  chatRefused: {
    kind: 'refused',
    say: '{chat} refused the card: {code}.',
    hint: 'Check that the app is installed and in the channel.',
  },
  // The audit
  auditSilent: {
    kind: 'busy',
    say: 'The audit could not be written, so nothing was changed.',
    hint: 'Try again in a minute. If it goes on, tell your Drawbridge administrator.',
  },
  // Starting
  badConfig: { kind: 'misconfigured', say: 'Faults in the configuration: {count}.', hint: '{faults}' },
  unsafeRedis: { kind: 'misconfigured', say: 'This Redis may lose what it is given: {why}.', hint: '{fix}' },
  redisFailed: { kind: 'misconfigured', say: 'Redis did not start: {why}.', hint: '{fix}' },
  missingProgram: { kind: 'misconfigured', say: '{program} was not found.', hint: '{fix}' },
  // Us
  bug: {
    kind: 'bug',
    say: 'Something went wrong on our side (reference {reference}).',
    hint: 'Try again; if it stays, give this reference to whoever runs Drawbridge.',
  },
} as const satisfies Record<string, Entry>;
