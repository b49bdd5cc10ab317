import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { JitError } from '../../core/errors/errors.ts';
import { type access, shown } from '../../http/api/schemas.ts';
import { ApiRefusal, type Server } from './server.ts';
import { ProgressLine, tell } from './terminal.ts';

/** A request as the server tells it. */
export type ToldRequest = z.output<typeof access>;

const EVERY_MS = 2_000;
const OVER: readonly string[] = ['denied', 'withdrawn', 'expired', 'ended', 'closing'];

export function isOver({ status }: ToldRequest): boolean {
  return OVER.includes(status);
}

/** In a few words: who is asked, who acted, and how it stands. */
export function standing({ status, asked = [], reviews, machine, until }: ToldRequest): string {
  const by = reviews.map(({ name, verdict, of }) => {
    return `${name}: ${verdict === 'approve' ? 'approved' : 'denied'}${of === 'extension' ? ' more time' : ''}`;
  });
  const whom = status === 'pending' ? [`asked: ${asked.map(({ name }) => name).join(', ') || 'nobody'}`] : [];
  const end = status === 'active' && until !== undefined ? [`until ${clock(until)}`] : [];
  return [`${machine.name}: ${status}`, ...by, ...whom, ...end].join(' · ');
}

function clock(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

/**
 * Waits until a request is open or over, and shows on stderr what goes on. What cannot be reached for a moment is asked again.
 * Throws `notDecided` when the time is over.
 */
export async function untilOpen(server: Server, id: string, forMs: number): Promise<ToldRequest> {
  const until = performance.now() + forMs;
  const progress = new ProgressLine();
  const left = saidWhenLeft(id, progress);
  try {
    for (;;) {
      try {
        const { request } = await server.get(`requests/${id}`, shown);
        progress.say(standing(request));
        if (request.status === 'active' || isOver(request)) return request;
      } catch (error) {
        const isPassing = error instanceof JitError ? error.code === 'serverAway' : isBusy(error);
        if (!isPassing) throw error;
        progress.say('Drawbridge cannot be reached; trying again');
      }
      if (performance.now() + EVERY_MS > until) throw new JitError('notDecided', { id });
      await pause(EVERY_MS);
    }
  } finally {
    left();
    progress.end();
  }
}

/** Whoever ends the waiting (Ctrl-C, a terminal that is closed) is told that the request stays; then the signal does what it does. Gives what ends that. */
function saidWhenLeft(id: string, progress: ProgressLine): () => void {
  // NB. ssh hangs up on its ProxyCommand when it stops waiting itself.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const leave = (signal: NodeJS.Signals) => {
    end();
    progress.end();
    const next = `\`jit status ${id}\` says how it stands, \`jit withdraw ${id}\` takes it back`;
    tell(`Request \`${id}\` stays, though nobody waits here: ${next}.`, process.stderr);
    process.kill(process.pid, signal);
  };
  const end = () => signals.forEach((signal) => void process.off(signal, leave));
  for (const signal of signals) process.on(signal, leave);
  return end;
}

function isBusy(error: unknown): boolean {
  return error instanceof ApiRefusal && (error.kind === 'busy' || error.kind === 'unjudged');
}
