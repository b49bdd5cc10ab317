/** What a delivery says of where it comes from, as Bolt parsed it. Signature and age were checked by then. */
export interface SlackDelivery {
  readonly api_app_id?: unknown;
  /** Slash commands. */
  readonly team_id?: unknown;
  readonly user_id?: unknown;
  /** Interactions. */
  readonly team?: { readonly id?: unknown } | null;
  readonly user?: { readonly id?: unknown; readonly team_id?: unknown } | null;
  /** Events. */
  readonly event?: { readonly user?: unknown; readonly user_team?: unknown } | null;
  readonly enterprise?: { readonly id?: unknown } | null;
  readonly enterprise_id?: unknown;
  /** Where Bolt sends answers. */
  readonly response_url?: unknown;
  readonly response_urls?: unknown;
}

export interface Home {
  readonly appId: string;
  readonly teamId: string;
  readonly enterpriseId?: string;
}

/** It is our workspace, and not theirs. */
export const stranger = 'a person of another workspace';

/** Slack allows five minutes back; a clock that is ahead by more than this is not Slack's. */
const FUTURE_SECONDS = 60;
const ANSWERS: ReadonlySet<string> = new Set(['https://hooks.slack.com', 'https://hooks.slack-gov.com']);

/**
 * Bolt refuses old timestamps only: a future one would pass, and could be replayed for as long.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function isFromFuture(timestamp: string | undefined, nowMs: number): boolean {
  const seconds = Number(timestamp);
  return Number.isFinite(seconds) && seconds > nowMs / 1_000 + FUTURE_SECONDS;
}

/**
 * Why a delivery is not for us; undefined when it is.
 *  1. It is for our app.
 *  2. It comes from our workspace, or our Enterprise organisation.
 *  3. Who acts belongs to it: in a shared channel others can press our buttons.
 */
export function foreign(delivery: SlackDelivery, home: Home): string | undefined {
  if (delivery.api_app_id !== home.appId) return 'another app';
  const team = delivery.team_id ?? delivery.team?.id;
  const enterprise = delivery.enterprise_id ?? delivery.enterprise?.id;
  const ours = team === home.teamId || (home.enterpriseId !== undefined && enterprise === home.enterpriseId);
  if (!ours) return 'another workspace';
  const userTeam = delivery.user?.team_id ?? delivery.event?.user_team ?? undefined;
  if (userTeam !== undefined && userTeam !== home.teamId && home.enterpriseId === undefined) return stranger;
  return undefined;
}

/**
 * Would Bolt send an answer to another host than Slack's? (https://docs.slack.dev/interactivity/handling-user-interaction, "Message
 * responses", and GovSlack's.) Whoever could sign such a delivery could else have it sent into the network that this runs in.
 */
export function answersElsewhere({ response_url, response_urls }: SlackDelivery, apiUrl: string | undefined): boolean {
  const own = apiUrl === undefined ? undefined : URL.parse(apiUrl)?.origin;
  const isSlacks = (text: unknown) => {
    if (text === undefined || text === null) return true;
    const url = typeof text === 'string' ? URL.parse(text) : null;
    return url !== null && (url.origin === own || ANSWERS.has(url.origin));
  };
  if (!isSlacks(response_url)) return true;
  if (response_urls === undefined || response_urls === null) return false;
  if (!Array.isArray(response_urls)) return true;
  const urls: readonly unknown[] = response_urls;
  return !urls.every((one) => typeof one === 'object' && one !== null && isSlacks((one as SlackDelivery).response_url));
}

export function actorOf(delivery: SlackDelivery): string | undefined {
  const id = delivery.user_id ?? delivery.user?.id ?? delivery.event?.user;
  return typeof id === 'string' ? id : undefined;
}

/** What `users.info` says of somebody (https://docs.slack.dev/reference/objects/user-object). */
export interface SlackMember {
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_stranger?: boolean;
  readonly team_id?: string;
  /** In an Enterprise organisation, whose workspaces somebody may be in several of. */
  readonly enterprise_user?: { readonly enterprise_id?: string; readonly teams?: readonly string[] };
}

/** Why this person may not act at all; undefined for a full member of our workspace. */
export function notMember(member: SlackMember, home: Home): string | undefined {
  if (member.deleted) return 'deactivated';
  if (member.is_bot) return 'a bot';
  if (member.is_restricted || member.is_ultra_restricted) return 'a guest';
  if (member.is_stranger) return 'a stranger';
  const inEnterprise = home.enterpriseId !== undefined && member.enterprise_user?.enterprise_id === home.enterpriseId;
  const isInOurs = member.enterprise_user?.teams?.includes(home.teamId) === true;
  return member.team_id === home.teamId || isInOurs || inEnterprise ? undefined : 'of another workspace';
}
