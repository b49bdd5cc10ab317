/** What a generated configuration says, as people would read it in the file. */
export interface Said {
  readonly longest: 30 | 60 | 120;
  readonly by: 'grace' | 'sam' | 'oneOfSecurity' | 'twoOfSecurity';
  /** Is Ada among the engineers? */
  readonly engineer: boolean;
  readonly env: 'prod' | 'test';
  readonly freeze: boolean;
  /** Those of the approvers who are still there; Sam always is. */
  readonly grace: boolean;
  readonly kim: boolean;
  /** Is AWS configured, with the account of the machine, or another one alone? It takes a restart. */
  readonly aws: 'here' | 'elsewhere' | 'none';
}

const MINUTE = 60_000;

/** What people said to Drawbridge of one request, and were not refused. */
export interface Told {
  readonly id: string;
  readonly forMin: number;
  readonly approvals: { readonly by: string; readonly at: number }[];
  /** Does the last of them wait for an answer? */
  isMoreAsked: boolean;
  readonly more: { readonly min: number; readonly approvals: { readonly by: string; readonly at: number }[] }[];
}

/** All who approved something of it. */
export function approversOf({ approvals, more }: Told): readonly string[] {
  return [...approvals, ...more.flatMap((one) => one.approvals)].map(({ by }) => by);
}

/** May Ada be let in for so long in all, by what a configuration says and the tag that the machine has? Who approves is another matter. */
export function allows(said: Said, tag: string, minutes: number): boolean {
  return said.engineer && !said.freeze && said.env === tag && minutes <= said.longest;
}

/** Are these approvals enough by it? */
export function isApproved({ by, grace, kim }: Said, approvers: readonly string[]): boolean {
  const security = ['sam', ...(kim ? ['kim'] : [])].filter((one) => approvers.includes(one));
  if (by === 'grace') return grace && approvers.includes('grace');
  if (by === 'sam') return approvers.includes('sam');
  return security.length >= (by === 'oneOfSecurity' ? 1 : 2);
}

/** Why a rule that lets Ada in until then must not be written now, by any configuration that may be in force; undefined where it may. */
export function whyNot(until: number, all: readonly Told[], inForce: readonly Said[], tag: string): string | undefined {
  const reasons = all.flatMap((told) => endsOf(told).filter((one) => one.until === until));
  if (reasons.length === 0) return 'nobody approved that';
  const isRight = reasons.some(({ from, approvers }) =>
    inForce.some((said) => isApproved(said, approvers) && allows(said, tag, (until - from) / MINUTE)),
  );
  return isRight ? undefined : 'the configuration in force does not allow it';
}

/** Every end that people may have agreed on: any approval may have been the last one that it took, and more time may not have been given. */
function endsOf({ forMin, approvals, more }: Told) {
  return approvals.flatMap(({ at: from }) => {
    let ends = [{ from, until: from + forMin * MINUTE, approvers: approvals.map(({ by }) => by) }];
    for (const { min, approvals: given } of more) {
      if (given.length === 0) continue;
      const approvers = given.map(({ by }) => by);
      ends = [...ends, ...ends.map(({ until }) => ({ from, until: until + min * MINUTE, approvers }))];
    }
    return ends;
  });
}

/** The file. */
export function fileOf({ longest, by, engineer, env, freeze, grace, kim, aws }: Said): string {
  const people = ['sam', ...(grace ? ['grace'] : []), ...(kim ? ['kim'] : [])];
  const approvers = { grace: '[person:grace]', sam: '[person:sam]' };
  const decide =
    by === 'grace' || by === 'sam'
      ? `approvers: ${approvers[by]}`
      : `stages: [{ n: ${by === 'oneOfSecurity' ? 1 : 2}, of: [group:security] }]`;
  const cloud =
    aws === 'none'
      ? 'gcp: { projects: [other-project] }'
      : `aws: { accounts: [{ id: "${aws === 'here' ? '123456789012' : '210987654321'}", regions: [eu-west-1] }] }`;
  const slack = { ada: 'U0ADA0001', sam: 'U0SAM0001', grace: 'U0GRACE01', kim: 'U0KIM0001' };
  const person = (id: string) => `  - { id: ${id}, name: ${id}, slack: ${slack[id as keyof typeof slack]}`;
  const frozen = '  - { name: freeze, refuse: Change freeze., machines: { names: ["*"] } }\n';
  return `installation: test
slack: { botToken: env:A, signingSecret: env:B, teamId: T1, appId: A1 }
${cloud}
people:
${person('ada')}, address: 203.0.113.7 }
${people.map((id) => `${person(id)} }`).join('\n')}
groups: { engineers: [${engineer ? 'ada' : 'sam'}], security: [sam${kim ? ', kim' : ''}] }
places: { ops: { slack: C0OPERATE1 }, channel: { slack: C0CHANNEL1 } }
operators: [ops]
policies:
${freeze ? frozen : ''}  - name: one
    who: [group:engineers]
    machines: { names: ["*"], tags: { env: ${env} } }
    ports: [ssh]
    longest: ${longest}m
    unanswered: 1h
    ${decide}
    tell: [channel]
`;
}
