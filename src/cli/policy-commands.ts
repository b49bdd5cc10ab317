import type { Command } from 'commander';

/** The commands below `policy`. `file` tells where the configuration is. */
export function policyCommands(policy: Command, file: () => string): void {
  policy
    .command('explain')
    .description('say what would become of a request, and who would decide; nothing is kept, and nobody is told')
    .argument('<person>', 'ID of the person who would request')
    .argument('<machine>', 'name or ID of the machine')
    .argument('[terms...]', 'as in chat: 22 from 203.0.113.7 for 2h')
    .action(async (person: string, machine: string, terms: readonly string[]) =>
      (await import('./explain.ts')).explainVerb(file(), person, [machine, ...terms]),
    );

  policy
    .command('test')
    .description('check what a file expects of the policies: for CI; needs no secret, cloud, or directory')
    .argument('<file>', 'expectations, as docs/policy.md shows them')
    .option('--junit <file>', 'also write the results in the form of JUnit')
    .option('--json', 'print the results as JSON')
    .action(async (tests: string, options: { junit?: string; json?: boolean }) =>
      (await import('./policy-test.ts')).policyTestVerb(file(), tests, options),
    );

  policy
    .command('replay')
    .description(
      'say what a changed file would have decided of what was really requested; nothing is kept, and nobody is told',
    )
    .argument('<file>', 'the changed configuration; the one that holds is that of --config')
    .option('--since <time>', 'how far to look back', '90d')
    .option('--all', 'list all that differ, and not ten of each sort')
    .option('--json', 'print it as JSON')
    .action(async (changed: string, options: { since: string; all?: boolean; json?: boolean }) =>
      (await import('./replay.ts')).replayVerb(file(), changed, options),
    );
}
