import type { ApprovedRules, ProposedRules } from '../../src/core/policy/rule-change.ts';
import type { Who } from '../../src/core/request/review.ts';
import type { RuleRecords } from '../../src/ports/rule-records.ts';

/** The twin of the rules in Redis. */
export function memoryRuleRecords(): RuleRecords {
  let approved: ApprovedRules | undefined;
  let proposed: ProposedRules | undefined;
  const votes = new Map<string, Who>();
  const agreed = (code: string) => [...votes].flatMap(([field, who]) => (field.startsWith(`${code} `) ? [who] : []));
  const end = (code: string) => {
    if (proposed?.code !== code) return false;
    proposed = undefined;
    votes.clear();
    return true;
  };
  return {
    approved: async () => approved,
    elsewhere: async () => undefined,
    async putBack(rules) {
      approved = rules;
    },
    async keepFirst(rules) {
      if (approved) return false;
      approved = rules;
      return true;
    },
    proposed: async () => (proposed ? { ...proposed, approvedBy: agreed(proposed.code) } : undefined),
    async propose(rules) {
      proposed = rules;
    },
    async agree(code, who) {
      votes.set(`${code} ${who.id}`, who);
      return agreed(code);
    },
    async take(rules) {
      if (!end(rules.code)) return false;
      approved = rules;
      return true;
    },
    drop: async (code) => end(code),
  };
}
