/** Something that was found, and what people call it. */
export interface NamedFind {
  readonly id: string;
  readonly name: string;
}

export interface SubscriptionFind extends NamedFind {
  readonly tenantId: string;
}

/**
 * What a sign-in at hand finds while `jit init` writes a configuration; it reads alone. Each call throws a `JitError` where it
 * cannot be told.
 */
export interface AzureSurvey {
  /** The tenants that the sign-in is known in, by their IDs. */
  tenants(signal: AbortSignal): Promise<readonly NamedFind[]>;
  /** Enabled ones alone. */
  subscriptions(signal: AbortSignal): Promise<readonly SubscriptionFind[]>;
}

/** The same of AWS. */
export interface AwsSurvey {
  /** Who is signed in: the account (12 digits), and the ARN of the user or the role. */
  caller(signal: AbortSignal): Promise<{ readonly account: string; readonly arn: string }>;
  /** The active accounts of the organization. */
  accounts(signal: AbortSignal): Promise<readonly NamedFind[]>;
  /** Names of the regions that the account has switched on. */
  regions(signal: AbortSignal): Promise<readonly string[]>;
}

export interface WorkspaceFind extends NamedFind {
  /** The app whose bot token it is. */
  readonly appId: string;
  readonly enterpriseId?: string;
}

export interface ChannelFind extends NamedFind {
  /** Is the app in it? */
  readonly isMember: boolean;
}

/** The same of the workspace of a bot token. */
export interface SlackSurvey {
  workspace(signal: AbortSignal): Promise<WorkspaceFind>;
  /** Channels that are not archived, and that the app may see. */
  channels(signal: AbortSignal): Promise<readonly ChannelFind[]>;
}
