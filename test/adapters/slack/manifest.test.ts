import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ASK_SHORTCUT, BECAUSE_SHORTCUT } from '../../../adapters/slack/shortcuts.ts';

const ROOM = new URL('../../../adapters/slack/', import.meta.url);
const text = readFileSync(new URL('../../../manifests/slack/manifest.yaml', import.meta.url), 'utf8');

interface Manifest {
  readonly display_information: Readonly<Record<'name' | 'description' | 'background_color', string>>;
  readonly features: {
    readonly app_home: Readonly<Record<string, boolean>>;
    readonly shortcuts: readonly Readonly<Record<'name' | 'type' | 'callback_id' | 'description', string>>[];
    readonly bot_user: { readonly display_name: string };
    readonly slash_commands: readonly Readonly<Record<'command' | 'url' | 'description' | 'usage_hint', string>>[];
  };
  readonly oauth_config: { readonly scopes: Readonly<Record<string, readonly string[]>> };
  readonly settings: {
    readonly interactivity: Readonly<Record<'request_url' | 'message_menu_options_url', string>>;
    readonly socket_mode_enabled: boolean;
    readonly token_rotation_enabled: boolean;
    readonly event_subscriptions: { readonly request_url: string; readonly bot_events: readonly string[] };
  };
}
const manifest = parse(text) as Manifest;

/** The bot scopes that each method needs for the conversations that we use it on (https://docs.slack.dev/reference/methods). */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
  'usergroups.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
};

/** The events that are handled, and the scopes that each needs (https://docs.slack.dev/reference/events). */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  'message.im': ['im:history'],
  member_joined_channel: ['channels:read', 'groups:read'],
};

/** Every method that the adapter's source calls, by the client's names. */
function called(): string[] {
  const files = readdirSync(ROOM).filter((file) => file.endsWith('.ts'));
  const source = files.map((file) => readFileSync(new URL(file, ROOM), 'utf8')).join('\n');
  const calls = source.matchAll(
    /\b(auth|chat|conversations|users|usergroups|views|apps|reactions|files|pins)\s*\.(\w+)\(/g,
  );
  return [...new Set([...calls].map(([, family, method]) => `${family}.${method}`))].sort();
}

describe('the manifest', () => {
  it('asks for exactly the scopes of what is called, and the command', () => {
    expect(called()).toEqual(Object.keys(SCOPES));
    const ofEvents = Object.values(EVENTS).flat();
    const needed = new Set(['commands', ...called().flatMap((method) => SCOPES[method] ?? []), ...ofEvents]);
    expect([...(manifest.oauth_config.scopes.bot ?? [])].sort()).toEqual([...needed].sort());
    expect(Object.keys(manifest.oauth_config.scopes)).toEqual(['bot']);
  });

  it('has the one command, and everything comes in at one address', () => {
    const { slash_commands } = manifest.features;
    expect(slash_commands.map(({ command }) => command)).toEqual(['/jit']);
    const { request_url, message_menu_options_url } = manifest.settings.interactivity;
    const events = manifest.settings.event_subscriptions.request_url;
    const urls = [slash_commands[0]?.url, request_url, message_menu_options_url, events];
    expect(new Set(urls)).toEqual(new Set(['https://drawbridge.example.com/slack/events']));
  });

  it('has the shortcuts that are handled', () => {
    expect(manifest.features.shortcuts.map(({ type, callback_id }) => [type, callback_id])).toEqual([
      ['global', ASK_SHORTCUT],
      ['message', BECAUSE_SHORTCUT],
    ]);
    for (const { name, description } of manifest.features.shortcuts) {
      expect(name.length).toBeLessThanOrEqual(24);
      expect(description.length).toBeLessThanOrEqual(150);
    }
  });

  it('listens to the events that are handled, and never rotates its token', () => {
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(Object.keys(EVENTS));
    expect(manifest.features.app_home).toMatchObject({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    });
    expect(manifest.settings).toMatchObject({ socket_mode_enabled: false, token_rotation_enabled: false });
  });

  it('stays within Slack’s lengths', () => {
    const { display_information: shown, features } = manifest;
    expect(shown.name.length).toBeLessThanOrEqual(35);
    expect(shown.description.length).toBeLessThanOrEqual(140);
    expect(shown.background_color).toMatch(/^#[0-9a-f]{6}$/);
    expect(features.bot_user.display_name.length).toBeLessThanOrEqual(80);
    for (const { command, description, usage_hint } of features.slash_commands) {
      expect(command).toMatch(/^\/\w{1,31}$/);
      expect(description.length).toBeLessThanOrEqual(2_000);
      expect(usage_hint.length).toBeLessThanOrEqual(1_000);
    }
  });

  it('tells what to change for Socket Mode', () => {
    for (const word of ['socket_mode_enabled: true', 'connections:write', 'slack.mode: socket'])
      expect(text).toContain(word);
    expect(text.match(/^ *\w*url: /gm)).toHaveLength(4);
  });
});
