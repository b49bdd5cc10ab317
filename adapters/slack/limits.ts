/** How long things may take, in milliseconds. Slack itself waits three seconds for an acknowledgement. */
export interface SlackLimits {
  /** Whether a delivery was seen before is known by then, or it is not taken. */
  readonly onceMs: number;
  /**
   * A submitted form and a type-ahead are answered by their acknowledgement, for which Slack waits three seconds; the
   * guards had a part of them.
   */
  readonly answerMs: number;
  /** One call, while somebody waits: well within Slack's three seconds. */
  readonly interactiveMs: number;
  /** A worker's call may take longer. */
  readonly workerMs: number;
  /** Slack waits no longer (https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response). */
  readonly ackMs: number;
}

export const LIMITS: SlackLimits = {
  onceMs: 800,
  answerMs: 1_900,
  interactiveMs: 2_500,
  workerMs: 6_000,
  ackMs: 3_000,
};

/** Each of them so many times as long. */
export function limitsTimes(patience = 1): SlackLimits {
  const { onceMs, answerMs, interactiveMs, workerMs, ackMs } = LIMITS;
  return {
    onceMs: onceMs * patience,
    answerMs: answerMs * patience,
    interactiveMs: interactiveMs * patience,
    workerMs: workerMs * patience,
    ackMs: ackMs * patience,
  };
}
