/** Who is on call by the schedules that policies name. */
export interface OnCall {
  /** Ids of people, none where nobody is. Throws what is known of why nobody can tell: that refuses. */
  now(schedule: string, signal: AbortSignal): Promise<readonly string[]>;
}
