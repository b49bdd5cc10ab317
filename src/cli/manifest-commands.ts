import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TeamsChoices } from './manifest.ts';

/** In manifests/teams/manifest.json, where the app ID of the bot belongs. */
export const NO_ID = '00000000-0000-0000-0000-000000000000';

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

/** Throws `InvalidArgumentError`, as all of these do. */
function appIdOf(text: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) && text !== NO_ID) return text.toLowerCase();
  throw new InvalidArgumentError('It is an ID such as 0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b.');
}

/** The origin of an HTTPS address, where Slack delivers to. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' && /^\/(?:slack\/events\/?)?$/.test(url.pathname) && !url.search && !url.hash)
    return url.origin;
  throw new InvalidArgumentError('It is an address such as https://drawbridge.your-company.com.');
}

function websiteOf(text: string): string {
  if (URL.canParse(text) && new URL(text).protocol === 'https:') return text;
  throw new InvalidArgumentError('It is an address such as https://your-company.com.');
}

/** Teams shows 32 letters of it at most. */
function organizationOf(text: string): string {
  if (text.trim() !== '' && text.length <= 32) return text.trim();
  throw new InvalidArgumentError('It is a name of at most 32 letters.');
}
