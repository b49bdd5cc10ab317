import { InvalidArgumentError } from 'commander';

/** In manifests/teams/manifest.json, where the app ID of the bot belongs. */
export const NO_ID = '00000000-0000-0000-0000-000000000000';

export interface TeamsChoices {
  readonly appId: string;
  readonly out: string;
  readonly organization?: string;
  readonly website?: string;
}

/** Throws `InvalidArgumentError`, as all of these do. */
export function appIdOf(text: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) && text !== NO_ID) return text.toLowerCase();
  throw new InvalidArgumentError('It is an ID such as 0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b.');
}

/** The origin of an HTTPS address, where Slack delivers to. */
export function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' && /^\/(?:slack\/events\/?)?$/.test(url.pathname) && !url.search && !url.hash)
    return url.origin;
  throw new InvalidArgumentError('It is an address such as https://drawbridge.your-company.com.');
}

export function websiteOf(text: string): string {
  if (URL.canParse(text) && new URL(text).protocol === 'https:') return text;
  throw new InvalidArgumentError('It is an address such as https://your-company.com.');
}

/** Teams shows 32 letters of it at most. */
export function organizationOf(text: string): string {
  if (text.trim() !== '' && text.length <= 32) return text.trim();
  throw new InvalidArgumentError('It is a name of at most 32 letters.');
}
