import type { Fault } from './fault.ts';
import type { Config } from './schema.ts';

/** Policies that close what nobody uses, where no flow log is read: nothing would ever be closed for it. */
export function unusedWarnings({ aws, policies }: Config): readonly Fault[] {
  if (aws?.flowLogs) return [];
  const message = aws
    ? 'set `aws.flowLogs`: without it nobody can tell who connects, and access stays open until its end'
    : 'nobody can tell who connects outside of AWS: access stays open until its end';
  return policies.flatMap(({ endUnused }, i) =>
    endUnused === undefined ? [] : [{ path: ['policies', i, 'endUnused'], message }],
  );
}
