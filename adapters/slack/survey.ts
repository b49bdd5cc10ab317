import { WebClient } from '@slack/web-api';
import { JitError } from '../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { callWithin } from '../../src/kit/time-limit.ts';
import type { Log } from '../../src/ports/log.ts';
import type { ChannelFind, SlackSurvey } from '../../src/ports/survey.ts';
import { clientOptions } from './clients.ts';
import { slackCode, slackError } from './errors.ts';
import { slackLogger } from './logger.ts';

const LIMIT_MS = 20 * SECOND_MS;
const ON_A_PAGE = 200;
/** Nobody picks one of more. */
const MOST_PAGES = 10;

interface SlackAccess {
  readonly botToken: string;
  readonly apiUrl?: string;
}

/** What a bot token finds in its workspace (docs.slack.dev: auth.test, bots.info, conversations.list). */
export function slackSurvey({ botToken, apiUrl }: SlackAccess, log: Log): SlackSurvey {
  const settings = { mode: 'http', botToken, teamId: '', appId: '', ...(apiUrl ? { apiUrl } : {}) } as const;
  const client = new WebClient(botToken, { ...clientOptions(settings, slackLogger(log)), timeout: LIMIT_MS });
  const within = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
    callWithin({ signal, limitMs: LIMIT_MS, asError: surveyError }, work);
  return {
    workspace: (signal) =>
      within(signal, async () => {
        const { team_id: id = '', team: name = '', bot_id: bot = '', enterprise_id } = await client.auth.test();
        const { bot: found } = await client.bots.info({ bot });
        const enterpriseId = enterprise_id ? { enterpriseId: enterprise_id } : {};
        return { id, name, appId: found?.app_id ?? '', ...enterpriseId };
      }),
    channels: (signal) =>
      within(signal, async () => {
        const found: ChannelFind[] = [];
        let cursor: string | undefined;
        for (let page = 0; page < MOST_PAGES; page += 1) {
          const { channels = [], response_metadata } = await client.conversations.list({
            types: 'public_channel,private_channel',
            exclude_archived: true,
            limit: ON_A_PAGE,
            ...(cursor ? { cursor } : {}),
          });
          for (const { id, name = '', is_member: isMember = false } of channels)
            if (id !== undefined) found.push({ id, name, isMember });
          cursor = response_metadata?.next_cursor;
          if (!cursor) break;
        }
        return found.toSorted((a, b) => Number(b.isMember) - Number(a.isMember) || a.name.localeCompare(b.name));
      }),
  };
}

/** A token that is wrong is said so: whoever sets it up can mend that at once. */
function surveyError(error: unknown): unknown {
  const code = slackCode(error);
  return code === undefined
    ? slackError(error)
    : new JitError('chatRefused', { chat: 'Slack', code }, { cause: error });
}
