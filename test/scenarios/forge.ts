import { people } from '../../simulators/world.ts';
import type { World } from './world.ts';

const NOW = () => Math.floor(Date.now() / 1_000);

/** Deliveries that are not what they say. Each must get nothing, and leave a line in the log. */
export async function forge(world: World, what: string): Promise<void> {
  const { slack, teams } = world.services;
  // The first genuine delivery of the story.
  const last = slack.sent.at(0);
  const body = last?.body ?? '';
  switch (what) {
    case 'slack signature':
      await slack.deliver({ body, secret: 'somebody-elses-secret' });
      return;
    case 'slack stale':
      await slack.deliver({ body, timestampSeconds: NOW() - 600 });
      return;
    case 'slack future':
      await slack.deliver({ body, timestampSeconds: NOW() + 3_600 });
      return;
    case 'slack replay':
      if (last) await slack.deliver(last);
      return;
    case 'slack team':
      await slack.deliver({ body: body.replaceAll(slack.teamId, 'T0FOREIGN1') });
      return;
    case 'slack app':
      await slack.deliver({ body: body.replaceAll(slack.appId, 'A0FOREIGN1') });
      return;
    case 'slack again':
      // The latest once more, signed anew: as when somebody presses a button of a card that is out of date.
      await slack.deliver({ body: slack.sent.at(-1)?.body ?? '', timestampSeconds: NOW() + 5 });
      return;
    case 'slack stranger':
      slack.setUser(people.colleague.slackId, { is_stranger: true, team_id: 'T0FOREIGN1' });
      return;
    case 'slack guest':
      slack.setUser(people.security.slackId, { is_restricted: true });
      return;
    default:
      return forgeTeams(world, what, teams.drafts.message(teams.person(people.requester.entraId), 'personal', 'list'));
  }
}

async function forgeTeams(
  world: World,
  what: string,
  message: Parameters<World['services']['teams']['deliver']>[0],
): Promise<void> {
  const { teams } = world.services;
  switch (what) {
    case 'teams no token':
      await teams.deliver(message, { token: null });
      return;
    case 'teams audience':
      await teams.deliver(message, { token: { audience: 'somebody-else' } });
      return;
    case 'teams issuer':
      await teams.deliver(message, { token: { issuer: 'https://evil.example' } });
      return;
    case 'teams tenant': {
      const conversation = { ...(message.conversation as object), tenantId: '00000000-0000-4000-8000-000000000000' };
      await teams.deliver({ ...message, conversation });
      return;
    }
    case 'teams service':
      await teams.deliver(
        { ...message, serviceUrl: 'http://127.0.0.1:9/evil/' },
        { token: { serviceUrl: 'http://127.0.0.1:9/evil/' } },
      );
      return;
    case 'teams replay':
      await teams.deliver(message);
      await teams.deliver(message);
      return;
    default:
      throw new Error(`cannot forge: ${what}`);
  }
}
