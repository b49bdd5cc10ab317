import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppManifestUtils } from '@microsoft/app-manifest';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { JIT } from '../../simulators/demo/jit.ts';
import { slackManifest, teamsPackage } from '../../src/cli/manifest.ts';

const APP = '0b1c2d3e-4f50-4617-8a9b-0c1d2e3f4a5b';
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-manifest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function jit(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env.PATH }, timeout: 60_000 };
    const child = execFile(process.execPath, [JIT, 'manifest', ...words], options, (_, out, told) =>
      resolve({ code: child.exitCode ?? -1, out: out + told }),
    );
  });
}

/** What Microsoft's own schema says against a manifest, from the copy in Microsoft's package. */
function faultsOf(manifest: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  return AppManifestUtils.validateAgainstSchema(
    manifest as Parameters<typeof AppManifestUtils.validateAgainstSchema>[0],
  );
}

const manifestOf = (zip: Uint8Array) => JSON.parse(strFromU8(unzipSync(zip)['manifest.json'] ?? new Uint8Array()));

describe('jit manifest teams', () => {
  it('writes the package: three files, as Microsoft’s schema wants the manifest', async () => {
    const { code, out } = await jit(
      'teams',
      '--app-id',
      APP.toUpperCase(),
      '--organization',
      'A "B" & C',
      '--website',
      'https://b.example',
    );
    expect([code, out]).toEqual([0, expect.stringContaining('drawbridge-teams.zip is the app package.')]);
    const zip = new Uint8Array(readFileSync(join(folder, 'drawbridge-teams.zip')));
    expect(Object.keys(unzipSync(zip)).sort()).toEqual(['color.png', 'manifest.json', 'outline.png']);
    const manifest = manifestOf(zip);
    expect(manifest).toMatchObject({
      id: APP,
      bots: [{ botId: APP }],
      developer: { name: 'A "B" & C', websiteUrl: 'https://b.example', privacyUrl: 'https://b.example/privacy' },
    });
    expect(await faultsOf(manifest)).toEqual([]);
    expect(JSON.stringify(manifest)).not.toContain('00000000-0000');
  });

  it('is checked by a schema that refuses what is wrong', async () => {
    const manifest = manifestOf(teamsPackage({ appId: APP }));
    expect(await faultsOf({ ...manifest, name: { short: 'x'.repeat(31), full: 'x' } })).not.toEqual([]);
    expect(await faultsOf({ ...manifest, bots: [{ botId: APP, scopes: ['nowhere'] }] })).not.toEqual([]);
  });

  it('gives the same bytes for the same choices', () => {
    expect(teamsPackage({ appId: APP })).toEqual(teamsPackage({ appId: APP }));
  });

  it.each([
    [['teams'], /--app-id/],
    [['teams', '--app-id', 'mine'], /It is an ID such as/],
    [['teams', '--app-id', '00000000-0000-0000-0000-000000000000'], /It is an ID such as/],
    [['teams', '--app-id', APP, '--website', 'http://b.example'], /It is an address/],
    [['teams', '--app-id', APP, '--organization', 'x'.repeat(33)], /at most 32/],
    [['slack'], /give --url or --socket/],
    [['slack', '--url', 'https://b.example', '--socket'], /cannot be used with/],
    [['slack', '--url', 'http://b.example'], /It is an address/],
    [['slack', '--url', 'https://b.example/elsewhere'], /It is an address/],
  ])('and the other are refused in words: %j', async (words, says) => {
    expect(await jit(...words)).toEqual({ code: 2, out: expect.stringMatching(says) });
  });

  it('says which file it cannot write', async () => {
    const { code, out } = await jit('teams', '--app-id', APP, '--out', join(folder, 'nowhere', 'a.zip'));
    expect([code, out]).toEqual([1, expect.stringContaining('a.zip cannot be written')]);
  });
});

describe('jit manifest slack', () => {
  it.each(['https://b.example', 'https://b.example/slack/events'])('prints the manifest for %s', async (url) => {
    const { code, out } = await jit('slack', '--url', url);
    expect(code).toBe(0);
    const { features, settings, oauth_config } = parse(out);
    expect(features.slash_commands[0].url).toBe('https://b.example/slack/events');
    expect(settings.interactivity).toMatchObject({
      request_url: 'https://b.example/slack/events',
      message_menu_options_url: 'https://b.example/slack/events',
    });
    expect(settings.socket_mode_enabled).toBe(false);
    expect(oauth_config.scopes.bot).toContain('chat:write');
  });

  it('prints the one for Socket Mode, which has no address', async () => {
    const { out } = await jit('slack', '--socket');
    expect(out).not.toMatch(/https?:/);
    const { features, settings, oauth_config } = parse(out);
    expect(settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true } });
    expect(features.slash_commands[0].command).toBe('/jit');
    // The scopes are those of the other, which another test holds against what is called.
    expect(oauth_config).toEqual(parse(slackManifest('https://b.example')).oauth_config);
  });
});
