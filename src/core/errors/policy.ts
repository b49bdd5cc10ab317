import type { Entry } from './entry.ts';

/** What the policies say. */
export const POLICY_ERRORS = {
  noPolicy: {
    kind: 'denied',
    say: 'No policy allows access to {machine}.',
    hint: 'Ask your Drawbridge administrator to add one.',
  },
  moveNotAllowed: {
    kind: 'denied',
    say: 'This access to {machine} may not be moved to another address: whoever approved it did not see that it might.',
    hint: 'Request access from there: `/jit request {machine} from <address> because …`.',
  },
  moveOutside: {
    kind: 'denied',
    say: '{source} is not within where this access to {machine} may be moved: {within}.',
    hint: 'Request access from there: `/jit request {machine} from {source} because …`.',
  },
  moveOneAddress: {
    kind: 'invalid',
    say: 'An access is moved to one address, and {source} is more than one.',
    hint: 'Name your own address: `/jit move {machine} from <address>`.',
  },
  moveHere: {
    kind: 'conflict',
    say: 'This access to {machine} is from {source} already.',
    hint: 'If you cannot get in: `/jit why {machine}`.',
  },
  moveUncovered: {
    kind: 'denied',
    say: 'This access to {machine} cannot be moved, as it is not what was approved any more: {what}.',
    hint: 'It stays open where it is. Request access from the new address to have it approved anew.',
  },
  moveWaits: {
    kind: 'busy',
    say: 'The address that this access to {machine} was moved from is not closed yet.',
    hint: 'Drawbridge opens the new one as soon as it is.',
  },
  missingMove: {
    kind: 'invalid',
    say: 'Which address do you connect from now?',
    hint: '`/jit move {id} from <address>` moves this access there.',
  },
  moveByItself: {
    kind: 'invalid',
    say: 'Each access is moved by itself.',
    hint: '`/jit move <machine> from <address>` moves one.',
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
  policyOtherSource: {
    kind: 'denied',
    say: 'Policy {policy} does not allow requests from {source}.',
    hint: 'It allows {allowed}.',
  },
  policyNeverFrom: {
    kind: 'denied',
    say: 'Policy {policy} never allows requests from {never}, and {source} is there or holds a part of it.',
    hint: 'Request from an address outside of it.',
  },
  policyGroup: {
    kind: 'denied',
    say: 'Policy {policy} does not name {source}, and how many machines bear it is not known.',
    hint: 'Request from an address, or ask your Drawbridge administrator to list that name in the `sources` of the policy.',
  },
  policySessions: {
    kind: 'denied',
    say: 'Policy {policy} covers only machines whose open sessions are cut when access ends, and {machine} is not one of them{why}.',
    hint: 'In Azure, turn on flushConnection for its network security group; for AWS, see manifests/aws/sessions.yaml.',
  },
  notYourStage: {
    kind: 'denied',
    say: 'Your approval does not count now: this waits for {who}.',
    hint: 'You are told when it is your turn.',
  },
  onCallUnknown: {
    kind: 'unjudged',
    say: 'Cannot tell who is on call for {schedule}, and policy {policy} asks them.',
    hint: '{why}',
  },
  scheduleUnknown: {
    kind: 'unjudged',
    say: 'Schedule {schedule}: {why}.',
    hint: '{todo}',
  },
  policyRefuses: {
    kind: 'denied',
    say: 'Policy {policy} refuses this: {reason}.',
    hint: '{when}',
  },
  glassNotSet: {
    kind: 'refused',
    say: 'Nobody can break glass here: no rule in drawbridge.yaml allows it.',
    hint: 'Request access as usual.',
  },
  noBreakGlass: {
    kind: 'denied',
    say: 'No break-glass rule covers you and {machine}.',
    hint: 'Request access as usual. Your Drawbridge administrator can add you to a rule under `breakGlass`.',
  },
  reviewOverdue: {
    kind: 'refused',
    say: 'Your last break-glass access, to {machine}, was not reviewed in time.',
    hint: 'Ask whoever reviews it to do so first: `/jit reviews` lists it, as `{id}`.',
  },
  noGlassKeys: {
    kind: 'denied',
    say: 'No break-glass key is enrolled for “{person}”.',
    hint: 'Use a chat: `/jit break-glass`. Keys are enrolled in drawbridge.yaml, under `people`, as `breakGlassKeys`.',
  },
  signatureUnreadable: {
    kind: 'invalid',
    say: 'That is no signature.',
    hint: 'Paste all of the file that `ssh-keygen -Y sign` wrote, from BEGIN SSH SIGNATURE to END SSH SIGNATURE.',
  },
  signatureElsewhere: {
    kind: 'denied',
    say: 'This was signed for something else than breaking glass here.',
    hint: 'Sign what the command prints, with the namespace that it prints: `-n {namespace}`.',
  },
  signatureUnknown: {
    kind: 'denied',
    say: 'The key that signed this is not enrolled for {person}.',
    hint: 'Sign with a key that is; a key that was taken out of drawbridge.yaml counts no more.',
  },
  signatureWrong: {
    kind: 'denied',
    say: 'The signature does not fit what was to be signed.',
    hint: 'Sign exactly what the command printed, each line of it and nothing else; every run asks anew.',
  },
  signatureLate: {
    kind: 'denied',
    say: 'What was signed counts no more, or not yet.',
    hint: 'Run the command again: a signature counts for ten minutes. Check the clock of this computer.',
  },
  signatureUsed: {
    kind: 'conflict',
    say: 'This signature was used already, for {request}.',
    hint: '`npx jit list` shows what is open. Run the command again to ask anew.',
  },
  snapshotOld: {
    kind: 'unjudged',
    say: 'Cannot tell who may: the directory does not answer, and what was kept of it is {age} old.',
    hint: 'It counts for {oldest} (`breakGlassOffline.oldest`). Try again when the directory answers.',
  },
  ticketClosed: {
    kind: 'denied',
    say: 'Ticket {ticket} is closed.',
    hint: 'Request again with one that is open, or have it opened again.',
  },
  ticketUnknown: {
    kind: 'unjudged',
    say: 'Cannot tell whether ticket {ticket} is open: {why}.',
    hint: 'Try again. If it stays so, ask your Drawbridge administrator. What is open stays open meanwhile.',
  },
  ticketOver: {
    kind: 'refused',
    say: 'Ticket {ticket} was closed.',
    hint: 'Request again with one that is open.',
  },
  unused: {
    kind: 'refused',
    say: 'Nobody connected from {source} within {within}.',
    hint: 'If you still need it, request it again.',
  },
  malformedReview: {
    kind: 'invalid',
    say: 'Say which access, and whether it was right.',
    hint: 'For example `/jit review <id> right because <words>`, or `wrong`. `/jit reviews` lists what is owed.',
  },
  missingReviewWords: {
    kind: 'invalid',
    say: 'A review takes some words.',
    hint: 'Say what you looked at, for example `because the outage was real, see INC-4711`.',
  },
  ownReview: {
    kind: 'denied',
    say: 'You cannot review your own break-glass access.',
    hint: 'Someone else has to.',
  },
  notReviewer: {
    kind: 'denied',
    say: 'You may not review this.',
    hint: 'It is reviewed by {who}.',
  },
  notReviewable: {
    kind: 'conflict',
    say: 'No review is owed for this.',
    hint: '`/jit reviews` lists what is owed.',
  },
  notOverYet: {
    kind: 'conflict',
    say: 'This access is not over yet.',
    hint: 'Close it with its card or `/jit revoke <id>`, or review it when it has ended.',
  },
  alreadyReviewed: {
    kind: 'conflict',
    say: '{who} reviewed this already at {at}: it was {verdict}.',
    hint: '`/jit reviews` lists what is still owed.',
  },
  glassNotExtended: {
    kind: 'refused',
    say: 'Break-glass access cannot be extended.',
    hint: 'Break glass again when it ends, or request access as usual now.',
  },
  rulesNotGuarded: {
    kind: 'refused',
    say: 'Changes of drawbridge.yaml need no approval here.',
    hint: 'The setting `policyChanges` switches that on.',
  },
  notRuleOwner: {
    kind: 'denied',
    say: 'You may not approve changed rules.',
    hint: 'Those who may are the `owners` of `policyChanges`, as the approved drawbridge.yaml has them.',
  },
  noSuchRules: {
    kind: 'notFound',
    say: 'No changed rules {code} wait for approval: they were approved, rejected, or changed again.',
    hint: '`/jit rules` shows what waits.',
  },
  rulesUnknown: {
    kind: 'unjudged',
    say: 'Cannot tell which rules are approved: {why}.',
    hint: 'Nothing is opened until that is known; closing goes on. If it stays so, ask your Drawbridge administrator.',
  },
  policyHours: {
    kind: 'denied',
    say: 'Policy {policy} allows access within its hours only: {hours}.',
    hint: 'Request a time that begins and ends within them.',
  },
  policyReason: {
    kind: 'denied',
    say: 'The reason lacks what policy {policy} demands: {lack}.',
    hint: 'Request again, with `because` and that.',
  },
  policyCondition: {
    kind: 'denied',
    say: 'The condition of policy {policy} is not met.',
    hint: 'It demands {condition}.',
  },
  conditionUnknown: {
    kind: 'unjudged',
    say: 'Cannot tell whether the condition of policy {policy} is met: the {what} is not known.',
    hint: 'Ask your Drawbridge administrator: what a condition names has to be there.',
  },
  coverUnknown: {
    kind: 'unjudged',
    say: 'Cannot tell whether policy {policy} applies: the {what} is not known.',
    hint: 'Try again. If it stays so, ask your Drawbridge administrator: the policy asks for what the cloud does not tell.',
  },
  rulesDiffer: {
    kind: 'unjudged',
    say: 'Processes of Drawbridge judge by different rules at the moment, so nothing is opened or extended.',
    hint: 'This is usual while a change is rolled out: what is approved opens on its own after it, and more time can be asked for again. If this lasts, ask your Drawbridge administrator to give all processes the same drawbridge.yaml.',
  },
} as const satisfies Readonly<Record<string, Entry>>;
