/** A message of ours: plain JSON as the Bot Connector REST API has it. */
export interface Outgoing {
  readonly text?: string;
  readonly textFormat?: 'markdown';
  /** What the notification shows. */
  readonly summary?: string;
  readonly attachments?: readonly { readonly contentType: string; readonly content: object }[];
  readonly entities?: readonly object[];
  readonly channelData?: { readonly notification: { readonly alert: true } };
}

/** A conversation at one connector. */
export interface Conversation {
  readonly serviceUrl: string;
  readonly conversation: string;
}

export interface TeamsMember {
  /** What Teams calls them for this bot (`29:…`). */
  readonly id?: string;
  readonly tenantId?: string;
  readonly userRole?: string;
}

/** The Bot Framework as the rest of this room knows it. Calls reject with `ConnectorFailure` and are made once. */
export interface Bot {
  /** Rejects when the delivery is not signed by the Bot Framework for this bot, this channel and its service URL. */
  authenticate(activity: object, authorization: string, signal: AbortSignal): Promise<void>;
  /** The person's own chat with the bot, made when there is none. `member` is a Teams id or an Entra object id. */
  chat(serviceUrl: string, member: string, signal: AbortSignal): Promise<Conversation>;
  /** A new thread in a channel. */
  thread(
    serviceUrl: string,
    channel: string,
    message: Outgoing,
    signal: AbortSignal,
  ): Promise<Conversation & { activity: string }>;
  /** Gives the id of the message. */
  send(spot: Conversation, message: Outgoing, signal: AbortSignal): Promise<string>;
  update(spot: Conversation, activity: string, message: Outgoing, signal: AbortSignal): Promise<void>;
  member(spot: Conversation, user: string, signal: AbortSignal): Promise<TeamsMember>;
  /** Adds the app for a person, by Entra object id; false where it was not added now. */
  install(user: string, signal: AbortSignal): Promise<boolean>;
  /** Fetches a token for the connector, or rejects with why there is none. */
  login(signal: AbortSignal): Promise<void>;
}

/** What a library of Microsoft does for the bot. Each is named in one module, which is loaded only where it is chosen. */
export interface Transport {
  authenticate(activity: object, authorization: string): Promise<void>;
  /** The connector at a service URL. Its calls are made once and heed the signal; what they throw is the library's own. */
  connect(serviceUrl: string, signal: AbortSignal): Promise<Connector>;
}

/** Calls of the Bot Connector REST API ("Conversation operations"). */
export interface Connector {
  create(parameters: object): Promise<{ readonly id?: string; readonly activityId?: string } | undefined>;
  send(conversation: string, activity: object): Promise<{ readonly id?: string } | undefined>;
  update(conversation: string, id: string, activity: object): Promise<unknown>;
  member(conversation: string, user: string): Promise<TeamsMember>;
}
