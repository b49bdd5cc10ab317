import type { Trace } from '../core/machine/trace.ts';
import type { Rule } from '../core/rule/rule.ts';

/** Rare power of a cloud: it tells what a packet meets on its way to a port, rule by rule. */
export interface Tracer {
  /** As everything is now, rules of ours included. Writes nothing. `machineGone`; what cannot be read is a step that nobody can tell of. */
  trace(asked: Rule, signal: AbortSignal): Promise<Trace>;
}
