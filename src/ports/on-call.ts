/** Who is on call by the schedules that policies name. */
export interface OnCall {
  /**
   * Ids of people, one at least, asked anew. Throws `scheduleUnknown` where nobody can tell, nobody is on call, or nobody who
   * is on call is known; `outgoingSilent`, `outgoingRefused`, and what the directory throws.
   */
  now(schedule: string, signal: AbortSignal): Promise<readonly string[]>;
}
