import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Port } from '../../../src/core/rule/port.ts';
import type { StandingRule } from '../../../src/core/rule/rule.ts';
import { reaches, sourceOf } from './rule.ts';
import type { Site } from './sites.ts';

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
