import { JitError } from '../../src/core/errors/errors.ts';
import type { Diagnosis } from '../../src/core/view/doctor-page.ts';
import type { Directory } from '../../src/ports/directory.ts';
import type { Examiner } from '../../src/ports/examiner.ts';
import type { Log } from '../../src/ports/log.ts';
import type { OnCall } from '../../src/ports/on-call.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import { type CalendarSchedule, Calendars } from './calendar.ts';
import { asScheduleError, ScheduleFault } from './errors.ts';
import { inPagerDuty, type PagerDutySchedule } from './pager-duty.ts';
import { overHttp, type PlainSchedule } from './plain.ts';

type Schedule = PagerDutySchedule | CalendarSchedule | PlainSchedule;

export interface OnCallSettings {
  readonly schedules: ReadonlyMap<string, Schedule>;
  /** Ids of people by what schedules call them, in lower case. */
  readonly people: ReadonlyMap<string, string>;
}

interface Around {
  readonly call: CallOut;
  readonly directory: Pick<Directory, 'byId' | 'find'>;
  readonly now: () => number;
  readonly log: Log;
}

/** Who is on call, from PagerDuty, calendars, and hosts of the operators. */
export function onCallSchedules({ schedules, people }: OnCallSettings, around: Around): OnCall & Examiner {
  const { call, directory, now, log } = around;
  const calendars = new Calendars(call);
  const words = async (schedule: Schedule, signal: AbortSignal): Promise<readonly string[]> => {
    if (schedule.kind === 'pagerDuty') return inPagerDuty(schedule, { call, now: now(), signal });
    return schedule.kind === 'calendar' ? calendars.now(schedule, now()) : overHttp(schedule, { call, signal });
  };
  const idOf = async (word: string): Promise<string | undefined> => {
    const named = people.get(word.trim().toLowerCase());
    if (named === undefined && !word.includes('@')) return undefined;
    const person = named === undefined ? await directory.find(word.trim().toLowerCase()) : await directory.byId(named);
    return person && !person.disabled ? person.id : undefined;
  };
  const onCallNow = async (name: string, signal: AbortSignal): Promise<readonly string[]> => {
    try {
      const schedule = schedules.get(name);
      if (!schedule) throw new ScheduleFault('drawbridge.yaml does not have it', 'Ask your Drawbridge administrator.');
      const found = [...new Set(await words(schedule, signal))];
      if (found.length === 0) throw new ScheduleFault('nobody is on call by it now', 'Put somebody on call there.');
      const ids = await Promise.all(found.map(idOf));
      const strangers = found.filter((_, i) => ids[i] === undefined);
      if (strangers.length > 0) log.warn({ schedule: name, strangers }, 'somebody who is on call is not known');
      const known = ids.filter((id) => id !== undefined);
      if (known.length > 0) return [...new Set(known)];
      const who = strangers.map((word) => `“${word.slice(0, 80) || 'somebody without an e-mail address'}”`).join(', ');
      throw new ScheduleFault(
        `on call is ${who}, whom nobody knows`,
        'Ask your Drawbridge administrator to add them to `onCall.people`.',
      );
    } catch (error) {
      throw asScheduleError(name, error);
    }
  };
  return {
    now: onCallNow,
    examine: (_, signal) =>
      Promise.all([...schedules.keys()].map((name) => examined(name, () => onCallNow(name, signal)))),
  };
}

async function examined(name: string, look: () => Promise<unknown>): Promise<Diagnosis> {
  const [of, what] = ['On call', name];
  try {
    await look();
    return { of, what, verdict: 'fine' };
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    return { of, what, verdict: 'fault', means: error.say, remedy: error.hint };
  }
}
