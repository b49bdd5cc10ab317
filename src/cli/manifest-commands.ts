import { type Command, Option } from 'commander';
import { appIdOf, organizationOf, originOf, type TeamsChoices, websiteOf } from './manifest-choices.ts';

/** The commands below `manifest`. */
export function manifestCommands(manifest: Command): void {
  manifest
    .command('teams')
    .description('write the app package of Teams, a zip')
    .requiredOption('--app-id <id>', 'app ID of the bot, as teams.appId', appIdOf)
    .option('--out <file>', 'where to', 'drawbridge-teams.zip')
    .option('--organization <name>', 'who publishes the app in your organization', organizationOf)
    .option('--website <url>', 'their page; privacy and terms are expected below it', websiteOf)
    .action(async (choices: TeamsChoices) => (await import('./manifest.ts')).teamsManifestVerb(choices));

  manifest
    .command('slack')
    .description('print the manifest of the Slack app')
    .option('--url <url>', 'where Slack reaches Drawbridge', originOf)
    .addOption(new Option('--socket', 'for Socket Mode: Slack does not reach Drawbridge').conflicts('url'))
    .action(async ({ url, socket }: { url?: string; socket?: boolean }, command: Command) =>
      url === undefined && !socket
        ? command.error('error: give --url or --socket')
        : (await import('./manifest.ts')).slackManifestVerb(url),
    );
}
