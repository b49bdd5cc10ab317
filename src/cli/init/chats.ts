import { ANSWERS, type AnswerFault } from '../../config/answers.ts';
import type { Offered } from './asker.ts';
import { type Around, givenIn, lookedUp, type TopicAnswers } from './topic.ts';

export const SLACK_MODES: readonly Offered[] = [
  { id: 'http', label: 'Slack reaches Drawbridge through a TLS proxy' },
  { id: 'socket', label: 'Socket Mode: Drawbridge calls Slack, and nothing reaches it' },
];

export const SLACK_FILE = 'drawbridge-slack.yaml';
export const TEAMS_FILE = 'drawbridge-teams.zip';

/** Mode, tokens, workspace, and the channel that is told. */
export async function slackPart(around: Around, mode: string): Promise<TopicAnswers> {
  const { ask, keep } = around;
  const how = mode === 'http' ? '--url https://…' : '--socket';
  ask.say(
    `Slack: without an app yet, run \`npx jit manifest slack ${how}\` in another terminal, create the app from what it prints at https://api.slack.com/apps (From a manifest), and install it in your workspace.`,
  );
  const token = await ask.secret({
    key: 'slack.botToken',
    ask: 'Bot token of the app?',
    where: 'OAuth & Permissions, Bot User OAuth Token, xoxb-…',
    standard: 'env:SLACK_BOT_TOKEN',
    begins: 'xoxb-',
  });
  const botToken = keep('slack-bot-token', token);
  const second =
    mode === 'http'
      ? { signingSecret: keep('slack-signing-secret', await signingSecret(around)) }
      : { appToken: keep('slack-app-token', await appToken(around)) };
  const { settings, channel, isMember } = await workspaceOf(around, token);
  return {
    settings: {
      slack: { ...(mode === 'http' ? {} : { mode }), botToken, ...second, ...settings },
      places: { 'access-slack': { slack: channel } },
    },
    left: [
      {
        text: `Slack: if the app is not made yet, create it from ${SLACK_FILE} at https://api.slack.com/apps (From a manifest), and install it.`,
      },
      ...(isMember
        ? []
        : [{ text: `Slack: let it post in ${channel}; type in that channel:`, command: '/invite @Drawbridge' }]),
    ],
  };
}

function signingSecret({ ask }: Around) {
  return ask.secret({
    key: 'slack.signingSecret',
    ask: 'Signing secret of the app?',
    where: 'Basic Information, App Credentials',
    standard: 'env:SLACK_SIGNING_SECRET',
  });
}

function appToken({ ask }: Around) {
  return ask.secret({
    key: 'slack.appToken',
    ask: 'App-level token of the app, with connections:write?',
    where: 'Basic Information, App-Level Tokens, xapp-…',
    standard: 'env:SLACK_APP_TOKEN',
    begins: 'xapp-',
  });
}

/** What the token tells; where it tells nothing, by hand. */
async function workspaceOf(around: Around, token: Parameters<Around['keep']>[1]) {
  const { ask, signal } = around;
  const { apiUrl } = givenIn(around, 'slack');
  const value = around.secretIn(token);
  const survey =
    value === undefined
      ? undefined
      : await around.surveys.slack({ botToken: value, ...(typeof apiUrl === 'string' ? { apiUrl } : {}) });
  if (!survey)
    ask.say('Cannot tell which workspace it is: the token is not set here. What is asked next is typed by hand.');
  const found =
    survey &&
    (await lookedUp(around, {
      what: 'which workspace and channels there are',
      remedy: 'Look whether the app is installed, and whether it is its bot token (xoxb-…).',
      read: async () => ({ ...(await survey.workspace(signal)), channels: await survey.channels(signal) }),
    }));
  const channels = found?.channels;
  const only = (id: string | undefined, label: string) => (id === undefined ? [] : [{ id, label }]);
  const teamId = await ask.one({
    key: 'slack.teamId',
    ask: 'Which workspace?',
    where: 'its address in a browser: app.slack.com/client/T…',
    choices: only(found?.id, found?.name ?? ''),
    byHand: ANSWERS.workspace,
  });
  const appId = await ask.one({
    key: 'slack.appId',
    ask: 'Which app?',
    where: 'Basic Information, App ID',
    choices: only(found?.appId || undefined, 'the app of the token'),
    byHand: ANSWERS.app,
  });
  const channel = await ask.one({
    key: 'slack.channel',
    ask: 'Which channel is told of requests?',
    where: 'the name of the channel, About, Channel ID',
    choices: (channels ?? []).map(({ id, name }) => ({ id, label: `#${name}` })),
    byHand: ANSWERS.slackChannel,
  });
  const enterprise = found?.enterpriseId === undefined ? {} : { enterpriseId: found.enterpriseId };
  const isMember = channels?.find(({ id }) => id === channel)?.isMember === true;
  return { settings: { teamId, appId, ...enterprise }, channel, isMember };
}

/** Tenant, app, secret, and the channel that is told. */
export async function teamsPart({ ask, keep }: Around, tenant: string | undefined, url: string): Promise<TopicAnswers> {
  const tenantId = await ask.text({
    key: 'teams.tenantId',
    ask: 'Tenant of Teams?',
    where: 'Azure portal, Microsoft Entra ID, Overview, Tenant ID',
    wrong: ANSWERS.uuid,
    ...(tenant === undefined ? {} : { standard: tenant }),
  });
  const appId = await ask.text({
    key: 'teams.appId',
    ask: 'App ID of the bot?',
    where: 'Azure Bot, Configuration, Microsoft App ID; docs/teams.md goes there from an empty tenant',
    wrong: ANSWERS.uuid,
  });
  const secret = await ask.secret({
    key: 'teams.appPassword',
    ask: 'Client secret of the bot?',
    where: 'App registrations, the bot, Certificates & secrets',
    standard: 'env:TEAMS_APP_PASSWORD',
  });
  const channel = await ask.text({
    key: 'teams.channel',
    ask: 'Which channel of Teams is told of requests?',
    where: 'the menu … of the channel, Copy link; or its ID, 19:…@thread.tacv2',
    wrong: channelFault,
  });
  return {
    settings: {
      teams: { appId, appPassword: keep('teams-app-password', secret), tenantId },
      places: { 'access-teams': { teams: channelIn(channel) } },
    },
    left: [
      {
        text: 'Teams: let messages reach Drawbridge. Azure portal, the Azure Bot, Configuration, Messaging endpoint:',
        command: `${url}/api/messages`,
      },
      { text: `Teams: upload ${TEAMS_FILE} in the Teams admin center (Teams apps, Manage apps, Upload new app).` },
      {
        text: 'Teams: install it there for everybody who requests or decides (Manage apps, Drawbridge, Edit installs): a bot can write to nobody else in private.',
      },
      { text: 'Teams: add the app Drawbridge to the team of the channel, so that it may post there.' },
    ],
  };
}

/** The ID of a channel, from it or from a link to the channel. */
export function channelIn(text: string): string {
  const [, linked] = /\/l\/channel\/([^/?#]+)/.exec(text) ?? [];
  return linked === undefined ? text : decoded(linked);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const channelFault: AnswerFault = (text) =>
  /^19:[^\s@]+@thread\.(?:tacv2|v2|skype)$/.test(channelIn(text))
    ? undefined
    : 'must be the link of a channel (https://teams.microsoft.com/l/channel/…), or an ID such as 19:…@thread.tacv2';

/** Where a TLS proxy is reached. */
export const urlFault: AnswerFault = (text) => {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.pathname === '/' && !url.search && !url.hash
    ? undefined
    : 'must be an address such as https://drawbridge.your-company.com';
};
