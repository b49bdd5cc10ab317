import type { LiveSecret } from '../../src/kit/live-secret.ts';

/** What drawbridge.yaml says of Slack, with the secrets read. */
export interface SlackSettings {
  readonly mode: 'http' | 'socket';
  readonly botToken: LiveSecret;
  /** For HTTP. */
  readonly signingSecret?: LiveSecret;
  /** For Socket Mode. */
  readonly appToken?: string;
  /** The one workspace that is served. */
  readonly teamId: string;
  readonly appId: string;
  readonly enterpriseId?: string;
  /** Where the Web API is, when not at Slack. */
  readonly apiUrl?: string;
  /** Where deliveries come in: `/slack/events`. */
  readonly path?: string;
}
