import type { Command } from 'commander';
import { mustBeAlone } from './mistyped.ts';

/** The commands below `people`. `file` tells where the configuration is. */
export function peopleCommands(people: Command, file: () => string): void {
  people
    .description('list the people of the file, and say where others come from')
    .allowExcessArguments(true)
    .action(async (_, command: Command) => {
      mustBeAlone(command);
      return (await import('./people.ts')).peopleVerb(file());
    });

  people
    .command('links')
    .description('list the Slack accounts that their owners linked to Entra ID')
    .action(async () => (await import('./people-links.ts')).peopleLinksVerb(file()));

  people
    .command('find')
    .description('find somebody: in the file by any part of an ID or name, in Entra ID by object ID or e-mail address')
    .argument('<text>', 'what to look for')
    .action(async (text: string) => (await import('./people.ts')).findPeopleVerb(file(), text));

  people
    .command('why')
    .description('say who somebody is, through what, in which groups, and what they may')
    .argument('<who>', 'ID, or e-mail address')
    .action(async (who: string) => (await import('./people.ts')).whyPersonVerb(file(), who));

  people
    .command('import')
    .description('print the people of a CSV file for drawbridge.yaml: its first line names the settings')
    .argument('<csv>', 'path of the file')
    .action(async (csv: string) => (await import('./people.ts')).importPeopleVerb(csv));
}
