/** Where a side takes commands, and which process serves them. */
export interface Taker {
  readonly url: string;
  readonly pid: number;
}

/** What the bench needs to type commands as Slack delivers them. */
export interface House extends Taker {
  readonly signingSecret: string;
  /** A slash command as the simulated Slack posted it: the form of all the others. */
  readonly command: string;
  /** Takes what is answered to a command; there is nobody to show it to. */
  readonly answers: string;
}
