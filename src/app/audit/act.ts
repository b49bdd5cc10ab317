import { randomUUID } from 'node:crypto';
import {
  type ActOutcome,
  type Actor,
  type AuditEntry,
  type AuditFacts,
  type Capacity,
  NOTHING_CHANGED,
} from '../../core/audit/entry.ts';
import { type Code, isGivenUp, JitError } from '../../core/errors/errors.ts';
import type { Deps } from '../deps.ts';
import { collecting } from './calls.ts';
import { fieldsOf, logEntry } from './log.ts';

type AuditDeps = Pick<Deps, 'audit' | 'calls' | 'log' | 'meter'>;

/** What somebody sets out to do, as far as it is known before anything was read. */
export interface Attempt extends AuditFacts {
  readonly event:
    | 'protect'
    | 'unprotect'
    | 'lock down'
    | 'put back'
    | 'consent'
    | 'close found'
    | 'close all'
    | 'reattach'
    | 'detach'
    | 'drill'
    | 'break glass'
    | 'link'
    | 'unlink'
    | 'delegate'
    | 'end delegation'
    | 'doctor'
    | 'erase'
    | 'post again'
    | 'rules';
  readonly by: Actor;
  readonly as: Capacity;
}

/**
 * Runs a privileged act. What `work` throws before it began is written as a refusal, what it throws before it was done as a
 * failure, and is thrown on. What comes after `done` is another act's.
 */
export async function act<T>(deps: AuditDeps, attempt: Attempt, work: (act: Act) => Promise<T>): Promise<T> {
  const running = new Act(deps, attempt);
  try {
    const result = await running.collecting(() => work(running));
    await running.done();
    return result;
  } catch (error) {
    await running.failed(codeOf(error));
    throw error;
  }
}

/** What is found out before the act of each machine: only a refusal is written. */
export async function judged<T>(deps: AuditDeps, attempt: Attempt, work: () => Promise<T>): Promise<T> {
  return act(deps, attempt, async (judging) => {
    const result = await work();
    await judging.passedOn();
    return result;
  });
}

/** A privileged act under way: what it changes is written before it is changed. */
export class Act {
  readonly #deps: AuditDeps;
  #phase: 'waiting' | 'begun' | 'over' = 'waiting';
  #entry: Omit<AuditEntry, 'outcome'>;
  readonly #calls: string[] = [];

  constructor(deps: AuditDeps, attempt: Attempt) {
    this.#deps = deps;
    this.#entry = { ...attempt, act: randomUUID() };
  }

  /** What a cloud carries out for this work is told with the outcome. */
  collecting<T>(work: () => Promise<T>): Promise<T> {
    return collecting(this.#deps, this.#calls, work);
  }

  /** Writes what is about to be changed. Throws `auditSilent`: then nothing may be changed. */
  async begin(facts: AuditFacts = {}): Promise<void> {
    try {
      await this.#deps.audit.record(this.#told('begun', facts));
    } catch (cause) {
      throw new JitError('auditSilent', {}, { cause });
    }
    this.#phase = 'begun';
  }

  /** The same for closings, which wait for no audit: one that cannot be written is a loud line in the log. */
  async beginAnyway(facts: AuditFacts = {}): Promise<void> {
    try {
      await this.begin(facts);
    } catch (error) {
      this.#phase = 'begun';
      this.#deps.log.error({ ...fieldsOf(this.#entry), error }, 'the audit cannot be written; closing all the same');
    }
  }

  /** Writes what came of it, also when nothing had to be changed. */
  async done(facts: AuditFacts = {}): Promise<void> {
    if (this.#phase === 'over') return;
    const why = this.#phase === 'begun' ? {} : { why: NOTHING_CHANGED };
    this.#phase = 'over';
    await keep(this.#deps, this.#told('done', { ...facts, ...why }));
  }

  /** The same before another act goes on: then nothing is written where nothing had to be changed. */
  async passedOn(): Promise<void> {
    if (this.#phase === 'begun') await this.done();
    this.#phase = 'over';
  }

  async failed(code: Code): Promise<void> {
    const { [this.#phase]: outcome } = { waiting: 'refused', begun: 'failed', over: undefined } as const;
    this.#phase = 'over';
    if (outcome) await keep(this.#deps, this.#told(outcome, { code }));
  }

  #told(outcome: ActOutcome, facts: AuditFacts): AuditEntry {
    this.#entry = { ...this.#entry, ...facts };
    return { ...this.#entry, ...(this.#calls.length > 0 ? { calls: [...this.#calls] } : {}), outcome };
  }
}

/** Writes what cannot be held up any more, or changes nothing: an audit that is silent is a loud line in the log. */
export async function note(deps: AuditDeps, entry: Omit<AuditEntry, 'act'>): Promise<void> {
  await keep(deps, { ...entry, act: randomUUID() });
}

async function keep(deps: AuditDeps, entry: AuditEntry): Promise<void> {
  logEntry(deps, entry);
  try {
    await deps.audit.record(entry);
  } catch (error) {
    deps.log.error(
      { ...fieldsOf(entry), outcome: entry.outcome, error },
      'what happened cannot be written to the audit',
    );
  }
}

/** What an error is called in the audit. */
export function codeOf(error: unknown): Code {
  if (error instanceof JitError) return error.code;
  return isGivenUp(error) ? 'cloudSilent' : 'bug';
}
