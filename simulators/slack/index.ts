import type { Clock } from '../shared/clock.ts';
import { Faults } from '../shared/faults.ts';
import { SLACK_APP_ID, SLACK_TEAM_ID } from '../world.ts';
import { Acts, type Use } from './acts.ts';
import { Api } from './api.ts';
import type { Given } from './element-state.ts';
import { EventActs } from './event-acts.ts';
import { Late } from './late.ts';
import { ResponseUrls } from './response-urls.ts';
import { type Seen, seen } from './seen.ts';
import { type RawDelivery, Sender, type Sent } from './sender.ts';
import type { Json } from './shape.ts';
import { SocketMode } from './socket-mode.ts';
import { Triggers } from './triggers.ts';
import type { SlackChannel, SlackState, SlackUser } from './types.ts';
import type { Filled } from './view-acts.ts';
import { Workspace } from './workspace.ts';

/** The bot scopes that the app has been granted, unless the options say otherwise. */
const GRANTED = [
  'chat:write',
  'commands',
  'app_mentions:read',
  'users:read',
  'users:read.email',
  'usergroups:read',
  'channels:read',
  'channels:history',
  'groups:read',
  'groups:history',
  'im:read',
  'im:write',
  'im:history',
] as const;

const EVENTS = ['app_home_opened', 'app_mention', 'message.im'] as const;

interface SlackSimulatorOptions {
  readonly clock?: Clock;
  /** A free one unless told. */
  readonly port?: number;
  /** The program's request URL; may be set later. */
  readonly target?: string;
  readonly scopes?: readonly string[];
  /** The slash commands that the app has registered; `/jit` unless told. */
  readonly commands?: readonly string[];
  /** The events that the app has subscribed to; all that are simulated unless told. */
  readonly events?: readonly string[];
  /** Real milliseconds that Slack waits for an answer to a delivery; 3,000 unless told. */
  readonly answerWithinMs?: number;
}

/** A workspace of Slack with one app in it, on loopback. */
export interface SlackSimulator {
  /** For WebClient's `slackApiUrl`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** From now on these, and not those of before. */
  rotate(secrets: { readonly botToken?: string; readonly signingSecret?: string }): void;
  readonly teamId: string;
  readonly appId: string;
  /** Operations are method names such as `chat.postMessage`, and `response_url`. */
  readonly faults: Faults;
  /** The requests that were sent over HTTP, the newest last. */
  readonly sent: readonly Sent[];
  setTarget(url: string): void;
  setMode(mode: 'http' | 'socket'): void;
  /** Open Socket Mode connections. */
  connections(): number;
  /** Tells all Socket Mode clients to connect anew. */
  refreshConnections(): void;
  /** Sends to every Socket Mode connection what Slack would not. */
  sendFrame(frame: string): void;
  /** Changes the flags of a member, or adds one. */
  setUser(slackId: string, patch: Partial<SlackUser>): void;
  setUserGroup(id: string, handle: string, users: readonly string[]): void;
  /** Changes a channel, or adds one. */
  setChannel(id: string, patch: Partial<SlackChannel>): void;
  /** Types a whole line, such as `/jit list`. */
  command(userId: string, channelId: string, line: string): Promise<Seen>;
  openHome(userId: string): Promise<Seen>;
  pressHome(userId: string, actionId: string, blockId?: string): Promise<Seen>;
  /** Writes a message, `<@U0BRIDGEBT>` for a mention of the app. */
  say(userId: string, channelId: string, text: string, threadTs?: string): Promise<Seen>;
  shortcut(userId: string, callbackId: string): Promise<Seen>;
  messageShortcut(userId: string, channelId: string, ts: string, callbackId: string): Promise<Seen>;
  /** Sends an event as it is given. */
  event(event: Json): Promise<Seen>;
  press(userId: string, channelId: string, messageTs: string, actionId: string, use?: Use): Promise<Seen>;
  changeInView(userId: string, viewId: string, actionId: string, value?: Given, blockId?: string): Promise<Seen>;
  suggest(userId: string, viewId: string, actionId: string, typed: string, blockId?: string): Promise<Seen>;
  submitView(userId: string, viewId: string, filled?: Filled): Promise<Seen>;
  closeView(userId: string, viewId: string): Promise<Seen>;
  /** Posts to the program what Slack would not; nobody is told how it went. */
  deliver(raw: RawDelivery): Promise<Seen>;
  /** What one person sees or, without an id, everything. */
  state(userId?: string): SlackState;
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

/** Starts a Slack of its own on 127.0.0.1. */
export async function startSlackSimulator(options: SlackSimulatorOptions = {}): Promise<SlackSimulator> {
  const {
    clock = Date.now,
    port = 0,
    scopes = GRANTED,
    commands = ['/jit'],
    events = EVENTS,
    answerWithinMs = 3000,
  } = options;
  const faults = new Faults();
  const late = new Late(clock);
  const workspace = new Workspace(clock);
  const triggers = new Triggers(clock);
  const sockets = new SocketMode();
  let origin = '';
  const responseUrls = new ResponseUrls({ clock, workspace, origin: () => origin });
  const connectionUrl = () => `${origin.replace('http', 'ws')}${sockets.connectionPath()}`;
  const service = { workspace, triggers, scopes: new Set(scopes), connectionUrl };
  const tokens = { bot: 'xoxb-simulated-bot', app: 'xapp-simulated-app' };
  const api = new Api({ clock, service, responseUrls, sockets, faults, late, tokens });
  origin = `http://127.0.0.1:${await api.listen(port)}`;
  const sender = new Sender({ clock, secret: 'simulated-signing-secret', sockets, answerWithinMs });
  sender.target = options.target;
  const tools = { workspace, triggers, responseUrls, sender, commands, events, scopes: service.scopes };
  const acts = new Acts(tools);
  const told = new EventActs(tools);
  return {
    apiUrl: `${origin}/api/`,
    get botToken() {
      return tokens.bot;
    },
    appToken: tokens.app,
    get signingSecret() {
      return sender.secret;
    },
    rotate({ botToken = tokens.bot, signingSecret = sender.secret }) {
      tokens.bot = botToken;
      sender.secret = signingSecret;
    },
    teamId: SLACK_TEAM_ID,
    appId: SLACK_APP_ID,
    faults,
    sent: sender.sent,
    setTarget: (url) => {
      sender.target = url;
    },
    setMode: (mode) => {
      sender.mode = mode;
    },
    connections: () => sockets.connections,
    refreshConnections: () => sockets.refresh(),
    sendFrame: (frame) => sockets.raw(frame),
    setUser: (id, patch) => void workspace.setUser(id, patch),
    setUserGroup: (id, handle, users) => workspace.setUserGroup(id, handle, users),
    setChannel: (id, patch) => void workspace.setChannel(id, patch),
    command: (...args) => acts.command(...args),
    openHome: (...args) => told.openHome(...args),
    pressHome: (...args) => told.pressHome(...args),
    say: (...args) => told.say(...args),
    shortcut: (...args) => told.shortcut(...args),
    messageShortcut: (...args) => told.messageShortcut(...args),
    event: (...args) => told.event(...args),
    press: (...args) => acts.press(...args),
    changeInView: (...args) => acts.views.change(...args),
    suggest: (...args) => acts.views.suggest(...args),
    submitView: (...args) => acts.views.submit(...args),
    closeView: (...args) => acts.views.close(...args),
    deliver: async (raw) => seen(await sender.raw(raw)),
    state: (userId) => {
      late.landDue();
      return workspace.state(userId);
    },
    onChange: (listener) => workspace.onChange(listener),
    stop: () => api.close(),
  };
}
