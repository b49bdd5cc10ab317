import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Port } from '../../../src/core/rule/port.ts';
import type { StandingRule } from '../../../src/core/rule/rule.ts';
import type { Log } from '../../../src/ports/log.ts';
import { withSources } from './group-names.ts';
import { reaches, sourceOf } from './rule.ts';
import type { Site } from './sites.ts';

/** The same, with the names of the groups that are let in. */
export async function namedStandingRules(
  { site, log }: { readonly site: Site; readonly log: Log },
  rules: readonly SecurityGroupRule[],
  names: ReadonlyMap<string, string>,
  { ports, signal }: { readonly ports: readonly Port[]; readonly signal: AbortSignal },
): Promise<readonly StandingRule[]> {
  const reaching = rules.filter((rule) => ports.some((port) => reaches(rule, port)));
  const all = await withSources(names, reaching, { known: site.groupNames, log }, signal);
  return standingRules(reaching, all, ports);
}

/** All groups of an instance add up, and none can deny: each rule that reaches a port opens it. */
export function standingRules(
  rules: readonly SecurityGroupRule[],
  names: ReadonlyMap<string, string>,
  ports: readonly Port[],
): readonly StandingRule[] {
  return ports.flatMap((port) =>
    rules
      .filter((rule) => reaches(rule, port))
      .map((rule) => {
        const source = sourceOf(rule);
        const sourceName = names.get(source);
        const through = names.get(rule.GroupId ?? '') ?? rule.GroupId ?? '';
        return { port, source, ...(sourceName === undefined ? {} : { sourceName }), through };
      }),
  );
}

/** The rules of these groups that let traffic in, read now. */
export async function rulesOf(
  site: Site,
  groups: Iterable<string>,
  signal: AbortSignal,
): Promise<readonly SecurityGroupRule[]> {
  return (await Promise.all([...groups].map((group) => site.now.rules(group, signal)))).flat();
}
