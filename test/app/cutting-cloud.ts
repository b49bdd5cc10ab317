import type { CutAsk, CutReply, Sessions } from '../../src/ports/sessions.ts';
import { MACHINE, TestCloud } from './fixtures.ts';

export const SSH = { number: 22, protocol: 'tcp' } as const;

/** A cloud whose machine is told to cut. */
export class CuttingCloud extends TestCloud implements Sessions {
  readonly asks: CutAsk[] = [];
  /** What it answers next; then that one session was cut. */
  answers: (CutReply | Error)[] = [];
  canCut = true;
  cut: Sessions['cut'] = async (ask, _, beforeCall) => {
    if (ask.command === undefined) beforeCall();
    this.calls.push(`cut ${ask.token}`);
    this.asks.push(ask);
    const answer = this.answers.shift() ?? done(1, 0);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  override look: TestCloud['look'] = async () => ({
    machine: MACHINE,
    identity: 'i-1',
    protection: { ports: [{ port: SSH, sources: [], longestMs: 86_400_000 }] },
    standing: [],
    ...(this.canCut ? { cutsSessions: true } : { sessionsStay: 'its Systems Manager agent is not online' }),
  });
}

export const done = (found: number, left: number): CutReply => ({ state: 'done', ports: [{ port: SSH, found, left }] });
