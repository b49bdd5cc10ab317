/** Where a side takes what a chat delivers, and which process serves it. */
export interface Taker {
  readonly url: string;
  readonly pid: number;
}

/** One delivery, ready to be posted. */
export interface Delivery {
  readonly body: string;
  readonly headers: Readonly<Record<string, string | number>>;
}

/** What the bench needs to type commands as Slack delivers them. */
export interface House extends Taker {
  readonly signingSecret: string;
  /** A slash command as the simulated Slack posted it: the form of all the others. */
  readonly command: string;
  /** Takes what is answered to a command; there is nobody to show it to. */
  readonly answers: string;
  readonly teams: TeamsHouse;
}

/** The same for messages as Teams delivers them. */
export interface TeamsHouse extends Taker {
  /** A message as the simulated Teams posted it, and its token, which is good for all the others. */
  readonly message: string;
  readonly authorization: string;
  /** What tokens are checked with. */
  readonly appId: string;
  readonly tenantId: string;
  readonly issuer: string;
  readonly openIdMetadataUrl: string;
  readonly oauthScope: string;
}
