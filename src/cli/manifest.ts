import { readFileSync, writeFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { badConfig } from '../core/errors/bad-config.ts';
import { NO_ID, type TeamsChoices } from './manifest-choices.ts';
import { sayLine } from './output.ts';

/** In both manifests, what whoever installs the app fills in. */
const NO_HOST = 'https://drawbridge.example.com';
const NO_SITE = 'https://example.com';
const NO_ORGANIZATION = 'Your organization';
/** Of every file in the package: the same choices give the same bytes. */
const WRITTEN = new Date(2026, 0, 1);

/** `jit manifest teams`: writes the app package, to be uploaded to Teams. */
export function teamsManifestVerb({ out, ...choices }: TeamsChoices): void {
  try {
    writeFileSync(out, teamsPackage(choices));
  } catch (cause) {
    throw badConfig([`${out} cannot be written`], cause);
  }
  sayLine(`${out} is the app package. Upload it in the Teams admin center: Teams apps, Manage apps, Upload new app.`);
}

/** The package: a zip with the manifest and both icons at its root (Teams, "App package for Microsoft Teams app"). */
export function teamsPackage({ appId, organization, website }: Omit<TeamsChoices, 'out'>): Uint8Array {
  const quoted = (text: string) => JSON.stringify(text).slice(1, -1);
  const manifest = read('teams/manifest.json')
    .toString('utf8')
    .replaceAll(NO_ID, appId)
    .replaceAll(NO_ORGANIZATION, quoted(organization ?? NO_ORGANIZATION))
    .replaceAll(NO_SITE, quoted(website ?? NO_SITE));
  const icons = ['color.png', 'outline.png'].map((name) => [name, new Uint8Array(read(`teams/${name}`))] as const);
  return zipSync({ 'manifest.json': strToU8(manifest), ...Object.fromEntries(icons) }, { mtime: WRITTEN });
}

/** `jit manifest slack`: prints the manifest, to be pasted where Slack makes apps. */
export function slackManifestVerb(url: string | undefined): void {
  process.stdout.write(slackManifest(url));
}

/** The manifest for deliveries to a URL; without one, for Socket Mode, where nothing is delivered to anywhere. */
export function slackManifest(url: string | undefined): string {
  const [, ...parts] = read('slack/manifest.yaml').toString('utf8').split('\n_metadata:');
  const text = `_metadata:${parts.join('\n_metadata:')}`;
  if (url !== undefined) return text.replaceAll(NO_HOST, url);
  const lines = text.split('\n').filter((line) => !line.includes(NO_HOST) && !line.includes('type-ahead of the form'));
  return lines.join('\n').replace('socket_mode_enabled: false', 'socket_mode_enabled: true');
}

function read(name: string): Buffer {
  return readFileSync(new URL(`../../manifests/${name}`, import.meta.url));
}
