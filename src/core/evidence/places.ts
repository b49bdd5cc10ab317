/** A place that keeps something, as docs/audit.md lists it. */
interface KeepingPlace {
  readonly where: string;
  /** What it has of people. */
  readonly has: string;
  readonly until: string;
  /** What `jit audit erase` does there. */
  readonly erased: string;
  /** Keys of Redis, without the prefix and what stands for one of many. */
  readonly keys?: readonly string[];
  /** Folders of `adapters` that write there. */
  readonly rooms?: readonly string[];
}

const SINK = 'nothing in clear; `sealed`: their key is destroyed; `none`: IDs alone';

/** Every place that keeps something beyond the memory of a process. Tests hold it against the keys and the adapters that there are. */
export const PLACES: readonly KeepingPlace[] = [
  {
    where: 'Redis: requests, their cards, and the board’s rows',
    has: 'names, accounts, sources, reasons, what people wrote',
    until: '`redis.keepDays`: 90 days after the end; cards 7 days',
    erased: 'theirs go as a whole; in those of others their name and words, once these are over',
    keys: ['request', 'cards', 'board', 'board-rows', 'entries'],
  },
  {
    where: 'Redis: audit',
    has: 'the same, apart from the record, by person',
    until: '`audit.keep`, once every sink has it',
    erased: 'taken away',
    keys: ['audit', 'audit-copy'],
  },
  {
    where: 'Redis: links of accounts, delegations, who protected and who approved what, the last drill, last sources',
    has: 'names, accounts, sources',
    until: 'another one takes its place; sources `redis.keepDays`, delegations their end',
    erased: 'taken away; a name becomes an ID',
    keys: [
      ...['links', 'linked', 'delegations', 'protected-by', 'rules', 'rule-approvals'],
      ...['drill', 'last-known', 'person', 'sources'],
    ],
  },
  {
    where: 'Redis: indexes of requests, consents, who was erased',
    has: 'IDs of people; of those who were erased a hash of it',
    until: 'with their requests; consents 30 days',
    erased: 'stays: IDs alone',
    keys: [
      ...['of', 'asked', 'approvals', 'policy', 'named', 'state', 'review', 'live'],
      ...['same', 'consents', 'consent-pages', 'erased'],
    ],
  },
  {
    where: 'Redis: what is under way',
    has: 'what chats delivered, answers to it, sign-ins, sessions of the board, who looked at their page, rules that nobody knows',
    until: 'minutes to a day; what was said once, a week',
    erased: 'goes by itself',
    keys: ['journal', 'accepted', 'once', 'said', 'ceremony', 'homes', 'homes-changed', 'strays', 'made'],
  },
  {
    where: 'Redis: clock, queues, locks, and the like',
    has: 'nothing',
    until: '',
    erased: '',
    keys: [
      ...[
        'commits',
        'commit-ids',
        'clock',
        'claim',
        'due',
        'probe',
        'probe-list',
        'probe-stream',
        'on',
        'waits',
        'ends',
        'budget',
        'placed',
        'behind',
        'recorded',
      ],
      ...[
        'alive',
        'beats',
        'lock',
        'instance',
        'processes',
        'cloud-logs',
        'audit-heads',
        'audit-sinks',
        'audit-keys',
        'bull',
        'board-erased',
      ],
    ],
  },
  {
    where: 'audit files (`audit.files`)',
    has: 'as Redis: audit',
    until: '`audit.keepDays`: 400 days',
    erased: 'taken away',
    rooms: ['audit-file'],
  },
  {
    where: '`audit.peopleKeys`',
    has: 'a key for each person, by a hash of their ID',
    until: 'erased',
    erased: 'destroyed',
    rooms: ['people-keys'],
  },
  {
    where: '`audit.spool`',
    has: 'entries of closings while Redis was away',
    until: 'merged into Redis, within seconds of its return',
    erased: 'goes by itself',
    rooms: ['spool'],
  },
  {
    where: 'bucket of `audit.s3`',
    has: '`audit.s3.people`, as a rule `sealed`',
    until: '`audit.s3.days`: 400 days, locked',
    erased: SINK,
    rooms: ['audit-s3'],
  },
  {
    where: 'Splunk, and hosts of `audit.https`',
    has: '`people` of each, as a rule `clear`',
    until: 'as set there',
    erased: SINK,
    rooms: ['audit-https'],
  },
  {
    where: 'Azure Monitor (`audit.azureLogs`)',
    has: '`audit.azureLogs.people`, as a rule `clear`',
    until: 'the retention of the table',
    erased: SINK,
    rooms: ['audit-azure-logs'],
  },
  {
    where: 'OpenTelemetry (`audit.otlp`)',
    has: '`audit.otlp.people`, as a rule `clear`',
    until: 'as set there',
    erased: SINK,
    rooms: ['audit-otlp'],
  },
  {
    where: '`undo.folder`',
    has: 'rules of others as they were: their addresses and descriptions',
    until: 'put back',
    erased: 'stays: it belongs to the cloud',
    rooms: ['undo'],
  },
  {
    where: '`breakGlassOffline`: the snapshot of who may break glass',
    has: 'names, accounts, groups',
    until: 'the next one, minutes later',
    erased: 'goes once they may no more',
    rooms: ['glass-snapshot'],
  },
  {
    where: 'Slack, Teams, e-mails and posts of `alarms`',
    has: 'cards and messages, with names, sources, and reasons',
    until: 'as set there',
    erased: 'nothing',
    rooms: ['slack', 'teams', 'alarm-mail', 'alarm-webhook'],
  },
  {
    where: 'the log of the program',
    has: 'names and sources of what was opened, closed, and refused',
    until: 'wherever you keep it',
    erased: 'nothing',
  },
  { where: 'metrics and traces', has: 'nothing', until: '', erased: '' },
  {
    where: 'packs of `jit evidence`, exports, copies, backups',
    has: 'as what they were made from',
    until: 'wherever you keep them',
    erased: 'nothing; a backup that comes back is erased again within six hours, or by the next `jit audit erase`',
  },
];
