import { type Command, InvalidArgumentError, Option } from 'commander';
import { type EntryFilter, instantOf } from '../core/evidence/filter.ts';
import type { ExportFormat, VerifyOptions } from './audit.ts';
import type { EvidenceOptions } from './evidence.ts';

type ExportOptions = EntryFilter & { readonly format: ExportFormat; readonly people?: string };

const FOLDER = 'folder of the audit files (default: that of --config); with it, no configuration is needed';

const KEY =
  'public keys to believe, as you were given them, and no others (default: those of --config, and those beside the files)';

const PART = 'what comes before the first record is elsewhere: for a copy of a part, or a place that was added later';

const PEOPLE = 'folder of the keys of people, where what is said of them is sealed';

/** `jit audit …`. */
export function auditCommands(audit: Command, file: () => string): void {
  audit
    .command('verify')
    .description('check, offline, that every record is there, in its order, and as it was written')
    .argument('[folder]', FOLDER)
    .option('--key <vkey...>', KEY)
    .option('--anchor <file...>', 'signed heads that were kept elsewhere: the files must lead to them')
    .option('--people <folder>', PEOPLE)
    .option('--part', PART)
    .action(async (folder: string | undefined, options: VerifyOptions) =>
      (await import('./audit.ts')).auditVerifyVerb(file(), folder, options),
    );
  audit
    .command('export')
    .description('print entries of the files, one a line')
    .argument('[folder]', FOLDER)
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'json', 'ocsf']).default('csv'))
    .option('--from <day>', 'not before it, in UTC: 2026-07-01, or 2026-07-01T08:00Z', instant)
    .option('--to <day>', 'only before it', instant)
    .option('--person <id>', 'who acted, or whose access it is')
    .option('--machine <name>', 'name or ID')
    .option('--request <id>', 'ID of the request')
    .option('--event <event>', 'such as opened; docs/audit.md lists them')
    .option('--people <folder>', PEOPLE)
    .action(async (folder: string | undefined, { format, people, ...filter }: ExportOptions) =>
      (await import('./audit.ts')).auditExportVerb(file(), folder, { format, filter, people }),
    );
  peopleCommands(audit, file);
  audit
    .command('keys')
    .description('print the public keys that sign the audit: give them to whoever checks it')
    .action(async () => (await import('./audit.ts')).auditKeysVerb(file()));
  audit
    .command('sinks')
    .description('how far each place that keeps the audit is behind')
    .action(async () => (await import('./audit.ts')).auditSinksVerb(file()));
  audit
    .command('forget')
    .description('wait no more for a sink that is gone for good')
    .argument('<sink>', 'as `jit audit sinks` names it')
    .action(async (sink: string) => (await import('./audit.ts')).auditForgetVerb(file(), sink));
}

/** What the audit, and Redis, say of people. */
function peopleCommands(audit: Command, file: () => string): void {
  audit
    .command('about')
    .description(
      'print all that Redis and the audit files say of a person, and whether a key of theirs is there, a line of JSON each',
    )
    .argument('<person>', 'their ID')
    .action(async (person: string) => (await import('./audit-people.ts')).auditAboutVerb(file(), person));
  audit
    .command('erase')
    .description(
      'take away what Redis and the audit files say of a person, and destroy their key; the chain still verifies',
    )
    .argument('<person>', 'their ID')
    .requiredOption('--because <reason>', 'why, for the audit')
    .action(async (person: string, { because }: { because: string }) =>
      (await import('./audit-people.ts')).auditEraseVerb(file(), person, because),
    );
  audit
    .command('unseal')
    .description('read what is sealed (the field `sealed`), a line each from standard input')
    .option('--people <folder>', `${PEOPLE} (default: that of --config)`)
    .action(async ({ people }: { people?: string }) =>
      (await import('./audit-people.ts')).auditUnsealVerb(file(), people),
    );
}

/** `jit evidence`. */
export function evidenceCommand(evidence: Command, file: () => string): void {
  evidence
    .description('make the auditor’s pack of a period from the audit files, offline')
    .requiredOption('--from <day>', 'the first day, in UTC: 2026-07-01; another zone: 2026-07-01T00:00+02:00', instant)
    .requiredOption('--to <day>', 'the day after the last', instant)
    .requiredOption('--out <folder>', 'where to: a new or empty folder')
    .option('--audit <folder>', FOLDER)
    .option('--key <vkey...>', KEY)
    .option('--anchor <file...>', 'signed heads that were kept elsewhere: the files must lead to them')
    .option('--people <folder>', PEOPLE)
    .option('--part', PART)
    .action(async (options: EvidenceOptions) => (await import('./evidence.ts')).evidenceVerb(file(), options));
}

/** `jit webhooks …`. */
export function webhookCommands(webhooks: Command, file: () => string): void {
  webhooks
    .command('list')
    .description('where events go, and how far each is behind')
    .option('--json', 'print it as JSON')
    .action(async (options: { readonly json?: boolean }) =>
      (await import('./webhooks.ts')).webhooksListVerb(file(), options),
    );
  webhooks
    .command('replay')
    .description('post again what was recorded since then, each event with its webhook-id of before')
    .argument('<name>', 'as `jit webhooks list` names it')
    .requiredOption('--since <instant>', 'in UTC: 2026-07-01, or 2026-07-01T08:00Z', instant)
    .action(async (name: string, options: { readonly since: number }) =>
      (await import('./webhooks.ts')).webhooksReplayVerb(file(), name, options),
    );
}

function instant(text: string): number {
  const at = instantOf(text);
  if (at === undefined)
    throw new InvalidArgumentError('Write it as 2026-07-01, 2026-07-01T08:00Z, or 2026-07-01T08:00+02:00.');
  return at;
}
