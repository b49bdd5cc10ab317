import { channels, people } from '../../simulators/world.ts';
import type { World } from './world.ts';

const BOT = 'U0BOT000001';

/**
 * `slack> out` takes the bot out of its channel, `slack> in` invites it; `slack> out grace` deactivates an account. `teams> out grace`,
 * `teams> in grace`: one person’s app, and the team that has it.
 */
export async function doors({ services }: World, chat: 'slack' | 'teams', what: string): Promise<void> {
  const [way, who = ''] = what.split(' ');
  const { slack, teams } = services;
  const { entraId = '', slackId = '' } = Object.values(people).find(({ id }) => id === who) ?? {};
  if (chat === 'teams') {
    teams.setPerson(entraId, { inTeam: way === 'in', ...(way === 'in' ? {} : { installed: false }) });
    if (way === 'in') await teams.install(entraId);
    return;
  }
  if (slackId !== '') return void slack.setUser(slackId, { deleted: way === 'out' });
  const { id } = channels.slack;
  slack.setChannel(id, { is_member: way === 'in' });
  if (way !== 'in') return;
  const { appId, teamId } = slack;
  const body = JSON.stringify({
    ...{ type: 'event_callback', api_app_id: appId, team_id: teamId, event_id: 'Ev1', event_time: 1 },
    authorizations: [{ enterprise_id: null, team_id: teamId, user_id: BOT, is_bot: true }],
    event: { type: 'member_joined_channel', user: BOT, channel: id, channel_type: 'C', team: teamId },
  });
  await slack.deliver({ body, headers: { 'content-type': 'application/json' } });
}
