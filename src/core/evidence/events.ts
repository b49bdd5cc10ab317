/** What kind of act an event is: its activity in OCSF 1.8 (class 3004, Entity Management), and its type in ASIM (AuditEvent 0.1.2). */
interface Kind {
  readonly ocsf: 1 | 2 | 3 | 4 | 8 | 9 | 10 | 11;
  readonly asim: 'Create' | 'Read' | 'Set' | 'Delete' | 'Execute' | 'Enable' | 'Disable' | 'Start' | 'Other';
  /** ASIM's type of the object. */
  readonly object: 'Policy Rule' | 'Configuration Atom' | 'Cloud Resource' | 'Service' | 'Directory Service Object';
}

const KINDS = {
  asking: { ocsf: 1, asim: 'Create', object: 'Policy Rule' },
  deciding: { ocsf: 3, asim: 'Execute', object: 'Policy Rule' },
  changing: { ocsf: 3, asim: 'Set', object: 'Policy Rule' },
  opening: { ocsf: 10, asim: 'Enable', object: 'Policy Rule' },
  closing: { ocsf: 11, asim: 'Disable', object: 'Policy Rule' },
  protecting: { ocsf: 8, asim: 'Enable', object: 'Cloud Resource' },
  unprotecting: { ocsf: 9, asim: 'Disable', object: 'Cloud Resource' },
  putting: { ocsf: 3, asim: 'Set', object: 'Cloud Resource' },
  configuring: { ocsf: 3, asim: 'Set', object: 'Configuration Atom' },
  person: { ocsf: 3, asim: 'Set', object: 'Directory Service Object' },
  looking: { ocsf: 2, asim: 'Read', object: 'Policy Rule' },
  running: { ocsf: 3, asim: 'Start', object: 'Service' },
} as const satisfies Readonly<Record<string, Kind>>;

/** Every event of the audit: its kind, and what happened. docs/audit.md lists them, and a test holds that nothing writes another one. */
export const EVENTS: Readonly<Record<string, readonly [kind: keyof typeof KINDS, what: string]>> = {
  request: ['asking', 'a request was refused before there was one'],
  explain: ['looking', 'somebody looked at what would become of a request'],
  asked: ['asking', 'access was requested'],
  'asked again': ['asking', 'what was asked changed, and is asked again'],
  reviewed: ['deciding', 'one of several approvals was given'],
  approved: ['deciding', 'it was approved: by whom, or by which policy'],
  denied: ['deciding', 'it was denied'],
  withdrawn: ['deciding', 'its requester took it back'],
  unanswered: ['deciding', 'nobody decided in time'],
  missed: ['deciding', 'it was approved too late for its start'],
  'refused now': ['deciding', 'what waits is refused as the rules, people, or its machine are now'],
  'approvals voided': ['deciding', 'the store went back, and approvals count no more'],
  escalated: ['changing', 'others may decide as well'],
  hurried: ['changing', 'others may decide as well before their time, as those who decide could not be told'],
  'routed again': ['changing', 'others are asked to decide'],
  'on call unknown': ['changing', 'nobody can tell who is on call, and may approve'],
  'on call known': ['changing', 'it can be told again who is on call'],
  'allowed again': ['changing', 'it can be decided again'],
  nudged: ['changing', 'its requester reminded whoever decides'],
  'summed up': ['changing', 'an approver was told of it in a summary'],
  'question asked': ['changing', 'an approver asked the requester'],
  'question answered': ['changing', 'the requester answered'],
  offered: ['changing', 'an approver offered less'],
  'offer accepted': ['changing', 'the requester took less'],
  'offer declined': ['changing', 'the requester did not take less'],
  begun: ['changing', 'its start has come'],
  opened: ['opening', 'it is open: read back from the cloud'],
  remarked: ['changing', 'its end in the cloud was changed'],
  reattached: ['opening', 'what lets it in was put back on its machine'],
  followed: ['opening', 'it was opened where the machine is now'],
  moved: ['closing', 'it was moved to another address: closing began where it was'],
  'extension asked': ['asking', 'more time was requested'],
  'extension reviewed': ['deciding', 'one of several approvals of more time was given'],
  'extension denied': ['deciding', 'more time was denied'],
  'extension unanswered': ['deciding', 'nobody decided on more time in time'],
  'extension failed': [
    'deciding',
    'more time that was approved is not given, as something changed before the cloud was told',
  ],
  extended: ['changing', 'it lasts longer'],
  elapsed: ['closing', 'its time was over: closing began'],
  revoked: ['closing', 'it was ended before its time: closing began'],
  failed: ['closing', 'it could not be opened, or must not stay open: closing began'],
  used: ['changing', 'the cloud’s log shows that somebody connected'],
  'use untold': ['changing', 'nobody can tell whether somebody connects'],
  trouble: ['changing', 'the cloud did not do what it was told'],
  closed: ['closing', 'it is closed: read back from the cloud'],
  'closed again': ['closing', 'a rule came back after closing, and was closed again'],
  'sessions cut': ['closing', 'open sessions were cut'],
  'sessions left': ['closing', 'open sessions go on'],
  'sessions not cut': ['closing', 'nobody can tell whether sessions go on'],
  'broke glass': ['opening', 'it was opened without an approval'],
  'break glass': ['opening', 'breaking glass was refused, or was signed for without a chat'],
  'review asked': ['deciding', 'a review is owed'],
  'review overdue': ['deciding', 'a review is overdue'],
  'was right': ['deciding', 'a review found breaking glass right'],
  'was wrong': ['deciding', 'a review found breaking glass wrong'],
  drill: ['running', 'a drill was begun, or ended'],
  protect: ['protecting', 'a machine is protected'],
  unprotect: ['unprotecting', 'a protection ended'],
  'lock down': ['protecting', 'standing rules were closed'],
  consent: ['deciding', 'a page asked for consent, or consent was given'],
  'put back': ['unprotecting', 'what a lockdown closed was put back'],
  'close found': ['closing', 'a rule that should not be there was closed'],
  'close all': ['closing', 'everything was closed'],
  reattach: ['putting', 'a security group was put back on its machine'],
  detach: ['putting', 'a security group was taken off what is not its machine'],
  link: ['person', 'a Slack account was linked'],
  unlink: ['person', 'a link of a Slack account ended'],
  'sign in': ['person', 'somebody signed in with a browser'],
  delegate: ['person', 'somebody decides for somebody else'],
  'end delegation': ['person', 'somebody decides for somebody else no more'],
  rules: ['configuring', 'a changed configuration was proposed, approved, or taken up'],
  configure: ['configuring', 'a changed configuration was taken up'],
  doctor: ['looking', 'the doctor was asked'],
  'refused more': ['asking', 'somebody was refused more often than is written each: how often, and why'],
  read: ['looking', 'somebody looked at what is not theirs'],
  'foreign write': ['running', 'a cloud’s log has a write around a protected machine that nothing accounts for'],
  unlogged: ['running', 'a cloud’s log has no write for something that the audit says was opened or closed'],
  'logged late': ['running', 'a cloud’s log has the write after all'],
  'log compared': ['running', 'a cloud’s log was compared with the audit: from when to when'],
  'log unread': ['running', 'nobody can tell what a cloud’s log has: since when, and why'],
  unreadable: ['running', 'a record that cannot be read: somebody who can write to Redis wrote it, or it was damaged'],
  retain: ['configuring', 'audit files that are older than `audit.keepDays` were deleted'],
  erase: ['configuring', 'what the audit files said of a person was taken away'],
  'post again': ['running', 'events were posted once more to a webhook, as the command line said'],
  'audit key': ['configuring', 'a key signs the audit for the first time'],
  start: ['running', 'the program was started'],
};

/** Verbs of decisions that were refused are events, too. */
export const REFUSED_VERBS: readonly string[] = [
  ...['approve', 'deny', 'revoke', 'extend', 'withdraw', 'right', 'wrong', 'again', 'ask', 'answer', 'less', 'accept'],
  ...['decline', 'move'],
];

/** What kind an event is; that of an unknown one, as a newer version may write it, is a change. */
export function kindOf(event: string): Kind {
  const [kind] = EVENTS[event] ?? [REFUSED_VERBS.includes(event) ? 'deciding' : 'changing'];
  return KINDS[kind];
}
