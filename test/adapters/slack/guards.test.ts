import { describe, expect, it } from 'vitest';
import {
  actorOf,
  answersElsewhere,
  foreign,
  isFromFuture,
  notMember,
  type SlackDelivery,
  type SlackMember,
} from '../../../adapters/slack/verify.ts';

const HOME = { appId: 'A1', teamId: 'T1' };
const GRID = { ...HOME, enterpriseId: 'E1' };
const NOW = Date.UTC(2026, 10, 23, 12);

describe('the time of a delivery', () => {
  const at = (seconds: number) => String(NOW / 1_000 + seconds);
  it.each([
    ['now', at(0), false],
    ['long ago, which is Bolt’s to refuse', at(-3_600), false],
    ['a clock that is a minute ahead', at(60), false],
    ['more than that', at(61), true],
    ['next year', at(31_536_000), true],
    ['no time (Socket Mode)', undefined, false],
    ['no number, which Bolt refuses', 'soon', false],
  ])('%s', (_, timestamp, refused) => {
    expect(isFromFuture(timestamp, NOW)).toBe(refused);
  });
});

describe('where a delivery wants its answer', () => {
  const SIMULATED = 'http://127.0.0.1:4000/api/';
  it.each<[string, unknown, string | undefined, boolean]>([
    ['Slack', 'https://hooks.slack.com/commands/T1/1/abc', undefined, false],
    ['Slack for governments', 'https://hooks.slack-gov.com/actions/T1/1/abc', undefined, false],
    ['where the Web API is', 'http://127.0.0.1:4000/response/1', SIMULATED, false],
    ['no URL', undefined, undefined, false],
    ['null', null, undefined, false],
    ['without TLS', 'http://hooks.slack.com/commands/T1/1/abc', undefined, true],
    ['a host that only ends alike', 'https://evilslack.com/x', undefined, true],
    ['a host that only begins alike', 'https://hooks.slack.com.example/x', undefined, true],
    ['a host behind a name', 'https://hooks.slack.com@192.0.2.1/x', undefined, true],
    ['another port of this computer', 'http://127.0.0.1:6379/', SIMULATED, true],
    ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data/', undefined, true],
    ['no address', 'hooks.slack.com', undefined, true],
    ['no text', ['https://hooks.slack.com/x'], undefined, true],
  ])('%s', (_, url, apiUrl, refused) => {
    expect(answersElsewhere({ response_url: url }, apiUrl)).toBe(refused);
    expect(answersElsewhere({ response_urls: [{ response_url: url }] }, apiUrl)).toBe(refused);
  });

  it('is elsewhere where the list is none', () => {
    for (const response_urls of ['x', [null], [7], { length: 1 }])
      expect(answersElsewhere({ response_urls }, undefined)).toBe(true);
    expect(answersElsewhere({ response_urls: [] }, undefined)).toBe(false);
  });
});

describe('where a delivery is from', () => {
  const command: SlackDelivery = { api_app_id: 'A1', team_id: 'T1', user_id: 'U1' };
  const press: SlackDelivery = { api_app_id: 'A1', team: { id: 'T1' }, user: { id: 'U1', team_id: 'T1' } };
  it.each<[string, SlackDelivery, typeof HOME | typeof GRID, string | undefined]>([
    ['our command', command, HOME, undefined],
    ['our button', press, HOME, undefined],
    ['another app', { ...command, api_app_id: 'A2' }, HOME, 'another app'],
    ['no app', { team_id: 'T1' }, HOME, 'another app'],
    ['another workspace’s command', { ...command, team_id: 'T2' }, HOME, 'another workspace'],
    ['another workspace’s button', { ...press, team: { id: 'T2' } }, HOME, 'another workspace'],
    ['no workspace', { ...press, team: null }, HOME, 'another workspace'],
    ['a guest’s own team', { ...press, user: { id: 'U9', team_id: 'T2' } }, HOME, 'a person of another workspace'],
    ['a button of somebody whose team is not said', { ...press, user: { id: 'U1', team_id: null } }, HOME, undefined],
    ['our organisation', { ...press, team: null, enterprise: { id: 'E1' } }, GRID, undefined],
    ['another workspace of our organisation', { ...command, team_id: 'T3', enterprise_id: 'E1' }, GRID, undefined],
    ['another organisation', { ...press, team: null, enterprise: { id: 'E2' } }, GRID, 'another workspace'],
    [
      'an organisation, where we have none',
      { ...press, team: null, enterprise: { id: 'E1' } },
      HOME,
      'another workspace',
    ],
    ['an id that is no text', { ...command, team_id: ['T1'] }, HOME, 'another workspace'],
  ])('%s', (_, delivery, home, why) => {
    expect(foreign(delivery, home)).toBe(why);
  });

  it.each([
    ['a command', command, 'U1'],
    ['a button', press, 'U1'],
    ['nobody', { user_id: 7 }, undefined],
  ])('names who acts in %s', (_, delivery, id) => {
    expect(actorOf(delivery)).toBe(id);
  });
});

describe('who may act at all', () => {
  const member: SlackMember = { team_id: 'T1' };
  it.each<[string, SlackMember, typeof HOME | typeof GRID, string | undefined]>([
    ['a member', member, HOME, undefined],
    ['somebody deactivated', { ...member, deleted: true }, HOME, 'deactivated'],
    ['a bot', { ...member, is_bot: true }, HOME, 'a bot'],
    ['a guest of several channels', { ...member, is_restricted: true }, HOME, 'a guest'],
    ['a guest of one channel', { ...member, is_ultra_restricted: true }, HOME, 'a guest'],
    ['a stranger', { ...member, is_stranger: true }, HOME, 'a stranger'],
    ['a member of another workspace', { team_id: 'T2' }, HOME, 'of another workspace'],
    ['somebody of no known workspace', {}, HOME, 'of another workspace'],
    [
      'a member of several workspaces, of which one is ours',
      { team_id: 'T2', enterprise_user: { enterprise_id: 'E1', teams: ['T2', 'T1'] } },
      HOME,
      undefined,
    ],
    ['a member of our organisation', { team_id: 'T2', enterprise_user: { enterprise_id: 'E1' } }, GRID, undefined],
    [
      'a member of another one',
      { team_id: 'T2', enterprise_user: { enterprise_id: 'E2' } },
      GRID,
      'of another workspace',
    ],
    [
      'an organisation, where we have none',
      { team_id: 'T2', enterprise_user: { enterprise_id: 'E1' } },
      HOME,
      'of another workspace',
    ],
  ])('%s', (_, one, home, why) => {
    expect(notMember(one, home)).toBe(why);
  });
});
