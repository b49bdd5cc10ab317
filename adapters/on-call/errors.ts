import { JitError } from '../../src/core/errors/errors.ts';

/** What a schedule says, or does not: `why` follows “because”; `todo` says how it is mended. */
export class ScheduleFault extends Error {
  override readonly name = 'ScheduleFault';
  readonly todo: string;

  constructor(why: string, todo: string, cause?: unknown) {
    super(why, { cause });
    this.todo = todo;
  }
}

/** With the name that policies have for the schedule; what is an error of ours already stays. */
export function asScheduleError(schedule: string, error: unknown): unknown {
  if (!(error instanceof ScheduleFault)) return error;
  return new JitError('scheduleUnknown', { schedule, why: error.message, todo: error.todo }, { cause: error.cause });
}

/** Why a host does not give what was asked for, from the status of its answer. */
export function refusalOf(service: string, status: number): ScheduleFault {
  const admin = 'Ask your Drawbridge administrator';
  if (status === 401 || status === 403)
    return new ScheduleFault(`${service} does not accept the credentials (HTTP ${status})`, `${admin} to renew them.`);
  if (status === 404)
    return new ScheduleFault(`${service} does not have it (HTTP 404)`, `${admin} to correct its ID or URL.`);
  if (status === 429) return new ScheduleFault(`${service} throttles`, 'Try again in a minute.');
  return new ScheduleFault(`${service} answers with HTTP ${status}`, 'Try again in a minute.');
}

/** An answer that is not what its documentation says. */
export function unreadable(service: string, cause?: unknown): ScheduleFault {
  const todo = 'Ask your Drawbridge administrator to look at what its URL answers.';
  return new ScheduleFault(`${service} gives an answer that cannot be read`, todo, cause);
}
