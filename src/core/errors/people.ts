import type { Entry } from './entry.ts';

/** Errors about who somebody is. */
export const PEOPLE_ERRORS = {
  unknownPerson: {
    kind: 'denied',
    say: 'You are not registered with Drawbridge.',
    hint: 'Ask your Drawbridge administrator to add your {chat} ID {id}.',
  },
  notLinked: {
    kind: 'denied',
    say: 'Your Slack account is not linked to an account of Entra ID.',
    hint: 'Ask your Drawbridge administrator to add your Slack ID {id}, with your Entra object ID, to `directory.links` or `people`.',
  },
  linkFirst: {
    kind: 'denied',
    say: 'Your Slack account is not linked to an account of Entra ID.',
    hint: 'Type `/jit link` in Slack to link it.',
  },
  linkNotSet: {
    kind: 'denied',
    say: 'People cannot link their accounts themselves here.',
    hint: 'Ask your Drawbridge administrator to set `web` and `signIn`, or to link your account.',
  },
  linkNotNeeded: {
    kind: 'denied',
    say: 'In Teams, you are known by your account of Entra ID.',
    hint: 'To use Slack as well, type `/jit link` in Slack.',
  },
  alreadyLinked: {
    kind: 'conflict',
    say: 'Your Slack account is linked to {name} already.',
    hint: '`/jit whoami` says through what; `/jit unlink` ends a link that you made.',
  },
  linkTaken: {
    kind: 'conflict',
    say: '{name} has another Slack account already.',
    hint: 'Type `/jit unlink` there first, or ask your Drawbridge administrator.',
  },
  linkRefused: {
    kind: 'denied',
    say: '{name} cannot be linked: {why}.',
    hint: 'Ask your Drawbridge administrator.',
  },
  noLinkWaits: {
    kind: 'notFound',
    say: 'No link of yours waits for a code.',
    hint: 'Type `/jit link` to begin.',
  },
  wrongCode: {
    kind: 'denied',
    say: 'This is not the code on the page.',
    hint: '{left} more, then the link is void.',
  },
  linkNotOurs: {
    kind: 'refused',
    say: 'The link of the Slack account {slack} was not made by this Drawbridge, so it counts for nobody.',
    hint: 'Ask somebody of `security` to type `/jit unlink {slack}`, then type `/jit link`. If no update has just been made, tell your Drawbridge administrator: somebody may be writing to its Redis.',
  },
  noLink: {
    kind: 'notFound',
    say: 'No link of {typed} is kept.',
    hint: 'What drawbridge.yaml or an e-mail address links is changed there.',
  },
  personGone: {
    kind: 'denied',
    say: '{name} is no longer registered with Drawbridge.',
    hint: 'Ask your Drawbridge administrator.',
  },
  personUnknown: {
    kind: 'notFound',
    say: 'Nobody is known as “{typed}”.',
    hint: '`npx jit people find` looks in the file by parts of a name, and in Entra ID by object ID or e-mail address.',
  },
  personDisabled: {
    kind: 'denied',
    say: 'The account of {name} is disabled.',
    hint: 'Ask whoever manages the accounts of your organization.',
  },
  personTwice: {
    kind: 'denied',
    say: 'The accounts of {name} contradict each other: {why}.',
    hint: 'Ask your Drawbridge administrator to correct the entry under `people`, or the account.',
  },
  leaver: {
    kind: 'denied',
    say: 'The account of {name} is disabled or gone.',
    hint: 'Whoever still needs access has to request it.',
  },
  directoryAway: {
    kind: 'unjudged',
    say: 'Cannot tell who people are now: {directory} {why}.',
    hint: 'Try again in a minute. Nothing is opened meanwhile; closing goes on.',
  },
  directoryRights: {
    kind: 'unjudged',
    say: 'Cannot tell who people are: Drawbridge may not read {what} in {directory}.',
    hint: 'Ask your Drawbridge administrator to grant {right}.',
  },
  groupUnknown: {
    kind: 'unjudged',
    say: 'Cannot tell who is in {group}: {directory} has {count} such groups.',
    hint: 'Ask your Drawbridge administrator to name the group by its ID.',
  },
  eraseCurrent: {
    kind: 'conflict',
    say: '{name} has requests that are open or wait: {ids}.',
    hint: 'End them first (`npx jit close <id>`), and try again once they are closed.',
  },
  eraseNoRoom: {
    kind: 'busy',
    say: 'Redis has no room for the copy of the audit that erasing takes: {mb} MB.',
    hint: 'Set `audit.keep` to a number, so that less of the audit stays there, or give Redis more memory; then run `npx jit audit erase` again.',
  },
} as const satisfies Readonly<Record<string, Entry>>;
