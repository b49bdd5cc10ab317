import { API_ERRORS } from './api.ts';
import { BOARD_ERRORS } from './board.ts';
import { CHAT_ERRORS } from './chat.ts';
import { CLIENT_ERRORS } from './client.ts';
import { CLOUD_ERRORS } from './cloud.ts';
import { COMMAND_ERRORS } from './command.ts';
import { DELEGATE_ERRORS } from './delegate.ts';
import { ENTITLEMENT_ERRORS } from './entitlement.ts';
import type { Entry } from './entry.ts';
import { LANGUAGE_ERRORS } from './language.ts';
import { LATER_ERRORS } from './later.ts';
import { OUTGOING_ERRORS } from './outgoing.ts';
import { PEOPLE_ERRORS } from './people.ts';
import { POLICY_ERRORS } from './policy.ts';
import { WEB_ERRORS } from './web.ts';

/**
 * Every error that Drawbridge knows. `say` may be shown in a chat, and nothing else may; what is in braces is filled in
 * by whoever raises it. `hint` says what to do next. The table of docs/errors.md is held against this one by a test.
 */
export const ERROR_TABLE = {
  ...COMMAND_ERRORS,
  ...LANGUAGE_ERRORS,
  ...PEOPLE_ERRORS,
  ...CHAT_ERRORS,
  ...POLICY_ERRORS,
  ...WEB_ERRORS,
  ...OUTGOING_ERRORS,
  ...DELEGATE_ERRORS,
  ...LATER_ERRORS,
  ...BOARD_ERRORS,
  ...API_ERRORS,
  ...CLIENT_ERRORS,
  // What the clouds let people request
  ...ENTITLEMENT_ERRORS,
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
  ownService: {
    kind: 'denied',
    say: 'You answer for the service {service}, so you never decide what it requests.',
    hint: 'Someone else has to.',
  },
  notApprover: {
    kind: 'denied',
    say: 'You may not decide this request.',
    hint: 'Policy {policy} allows {who} to decide.',
  },
  approvalVoid: {
    kind: 'denied',
    say: '{name} approved this, but may no longer decide it.',
    hint: 'Someone else has to approve it.',
  },
  moreApprovals: {
    kind: 'denied',
    say: 'Policy {policy} now needs {needs} approvals and has {have}.',
    hint: 'More approvers have to approve it.',
  },
  notYours: { kind: 'denied', say: 'Only {who} may do that.', hint: '`/jit list` shows your requests.' },
  notProtector: {
    kind: 'denied',
    say: 'You may not protect machines.',
    hint: 'Those who may are listed in drawbridge.yaml under `protectors`.',
  },
  notSecurity: {
    kind: 'denied',
    say: 'Only people of `security` may do this.',
    hint: 'They are listed in drawbridge.yaml under `security`.',
  },
  // The state of things
  notProtected: {
    kind: 'refused',
    say: 'Port {port} of {machine} is not protected, so it cannot be opened.',
    hint: 'Protected ports: {protected}. Whoever protects machines can add it.',
  },
  protectedSource: {
    kind: 'refused',
    say: 'The protection of {machine} does not allow {source} on port {port}.',
    hint: 'It allows {allowed}.',
  },
  groupInProtection: {
    kind: 'invalid',
    say: 'A protection takes addresses and prefixes, not {source}.',
    hint: 'Leave the source out, and list the security group in the `sources` of a policy.',
  },
  protectedDuration: {
    kind: 'refused',
    say: 'The protection of {machine} allows port {port} for {longest} at most.',
    hint: 'Request {longest} or less.',
  },
  stillLeased: {
    kind: 'conflict',
    say: '{machine} is in use, or being closed (request {request}).',
    hint: 'Wait until it ends, or have it closed: its requester, its approvers, and people of `security` may.',
  },
  alreadyDecided: { kind: 'conflict', say: 'Already {what} at {at} by {who}.', hint: 'No action is needed.' },
  moreTimeDenied: {
    kind: 'conflict',
    say: 'More time was already denied at {at} by {who}.',
    hint: 'The access stays as it was approved. Its requester, its approvers, and people of `security` may close it.',
  },
  alreadyApproved: {
    kind: 'conflict',
    say: 'Already approved at {at} by {who}.',
    hint: 'Its requester, its approvers, and people of `security` may close it.',
  },
  waitsForNobody: {
    kind: 'conflict',
    say: 'This needed no decision: {what}.',
    hint: 'Its requester, its approvers, and people of `security` may close it.',
  },
  alreadyOver: {
    kind: 'conflict',
    say: 'This request is over: {what}.',
    hint: 'If access is still needed, it has to be requested again.',
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
  sourceChanged: {
    kind: 'conflict',
    say: 'The source {name} stood for {was} when this was requested, and now stands for {now}.',
    hint: 'Request access again.',
  },
  notOurs: {
    kind: 'refused',
    say: 'What Redis has of this request was not written by this Drawbridge, so it opens nothing.',
    hint: 'Request access again. If no update has just been made, tell your Drawbridge administrator: somebody may be writing to its Redis.',
  },
  changedWhileJudging: {
    kind: 'conflict',
    say: 'This request changed while your decision was being checked. It is now: {now}.',
    hint: 'Check its card, then decide again.',
  },
  changedSinceSeen: {
    kind: 'conflict',
    say: 'Something changed since the card was shown, so nothing was approved: {what}.',
    hint: 'The card shows it as it is now. Press Approve again, or `/jit approve` with its ID, if you agree to that.',
  },
  changedAndAsked: {
    kind: 'conflict',
    say: 'Something changed after the approval, so access was not opened: {what}.',
    hint: 'It is asked again as a new request, with what changed.',
  },
  changedSinceApproval: {
    kind: 'conflict',
    say: 'Something changed after the approval: {what} Access was not opened.',
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
  clocksDiffer: {
    kind: 'unjudged',
    say: 'The clocks of Redis and {cloud} differ by {by}, so nothing is opened.',
    hint: 'Ask your Drawbridge administrator to set the clock of the Redis server; `npx jit doctor` compares them. Drawbridge tries again on its own.',
  },
  storeFull: {
    kind: 'busy',
    say: 'Drawbridge takes no new requests at the moment: its Redis is {percent} % full.',
    hint: 'What is open still closes on time. Ask your Drawbridge administrator to give Redis more memory, then try again.',
  },
  unconfirmed: {
    kind: 'unjudged',
    say: 'Not every Redis replica has this decision yet, so nothing is opened.',
    hint: 'Drawbridge tries again on its own. If this lasts, ask your Drawbridge administrator to check the replicas.',
  },
  storeWentBack: {
    kind: 'busy',
    say: 'Redis went back in time, so nothing is opened until the clouds and its records were compared.',
    hint: 'Try again in a few minutes.',
  },
  storeUnsettled: {
    kind: 'busy',
    say: 'Drawbridge does not know yet whether Redis went back in time.',
    hint: 'Try again in half a minute.',
  },
  lostWithStore: {
    kind: 'conflict',
    say: 'Redis went back in time, and what it says of this access cannot be relied on.',
    hint: 'Request access again if you still need it.',
  },
  storeAway: {
    kind: 'busy',
    say: 'Drawbridge cannot write to Redis, so nothing is opened.',
    hint: 'What is over is closed all the same. Try again in a minute.',
  },
  redisTrouble: { kind: 'busy', say: 'Redis {why}.', hint: '{fix}' },
  storeRefuses: {
    kind: 'busy',
    say: 'Redis refused what Drawbridge asked of it.',
    hint: 'Try again in a minute. If it goes on, tell your Drawbridge administrator: the log has what Redis said.',
  },
  undoFolderAway: {
    kind: 'busy',
    say: 'Drawbridge does not see its undo folder, so it opens nothing and puts nothing back.',
    hint: 'What is over is closed all the same. Ask your Drawbridge administrator: the log and `/status` say what to do.',
  },
  // The audit
  auditSilent: {
    kind: 'busy',
    say: 'The audit could not be written, so nothing was changed.',
    hint: 'Try again in a minute. If it goes on, tell your Drawbridge administrator.',
  },
  // Starting
  badConfig: { kind: 'misconfigured', say: '{what} has {errors}:', hint: '{faults}' },
  unsafeRedis: { kind: 'misconfigured', say: 'This Redis may lose data: {why}.', hint: '{fix}' },
  redisRefuses: {
    kind: 'misconfigured',
    say: 'Redis does not let Drawbridge in: {why}.',
    hint: 'Check `redis.username`, `redis.password`, and `redis.tls`, and the rights of the user (docs/redis.md).',
  },
  foreignStore: {
    kind: 'misconfigured',
    say: 'This Redis belongs to the installation {owner}; this one is {installation}.',
    hint: '{fix}',
  },
  foreignMarkKey: {
    kind: 'misconfigured',
    say: 'The marks of this installation are signed with another key.',
    hint: '{fix}',
  },
  foreignUndoFolder: {
    kind: 'misconfigured',
    say: 'The undo folder {folder} is not the one that the other processes on this Redis use.',
    hint: '{fix}',
  },
  undoFolder: {
    kind: 'misconfigured',
    say: 'The undo folder {folder} cannot be used: {why}.',
    hint: 'Let the user that runs Drawbridge write there, or change `undo.folder`. Where folder-id is damaged, restore it, or delete it and the field undoFolder of the claim in Redis.',
  },
  redisFailed: { kind: 'misconfigured', say: 'Redis did not start: {why}.', hint: '{fix}' },
  missingProgram: { kind: 'misconfigured', say: '{program} was not found.', hint: '{fix}' },
  // Us
  gaveUp: {
    kind: 'busy',
    say: 'Drawbridge gave this up: it took too long, or Drawbridge is being stopped.',
    hint: 'Look at `/jit list` to see what came of it, and try again.',
  },
  bug: {
    kind: 'bug',
    say: 'Something went wrong inside Drawbridge (reference {reference}).',
    hint: 'Try again. If it keeps happening, give this reference to your Drawbridge administrator.',
  },
} as const satisfies Record<string, Entry>;
