import { z } from 'zod';
import { HOUR_MS } from '../core/language/instant.ts';
import { MOST_MOVES } from '../core/policy/moving.ts';
import { conditionFault, patternFault } from './condition.ts';
import { during } from './during.ts';
import { approver, duration, name, ports, shaped, somebody } from './fields.ts';
import { hours } from './hours.ts';
import { machines } from './machines.ts';
import { stages } from './stage.ts';

const prefixLengths = z.strictObject({
  ipv4: z.number().int().min(1).max(32).default(32).describe('Shortest IPv4 prefix length allowed.'),
  ipv6: z.number().int().min(1).max(128).default(128).describe('Shortest IPv6 prefix length allowed.'),
});

/** Who may request what, from where, for how long, and who decides; or what nobody may. */
export const policy = z.strictObject({
  name: name.describe('Name of the policy, shown on cards.'),
  who: z
    .array(somebody)
    .min(1)
    .optional()
    .describe(
      'Who may request: `person:<id>`, `group:<name>`, a group of a directory, or an attribute. Required, except with `refuse`: there, if unset, everybody is meant.',
    ),
  machines,
  during: during.optional().describe('Only during this time. If unset, always.'),
  refuse: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Refuse requests, with this reason, whatever other policies say and wherever it stands in the file; also those that only end within `during`. Goes with `who`, `machines`, `ports`, and `during` alone.',
    ),
  ports: ports
    .optional()
    .describe(
      'Ports that may be requested, such as 22, ssh, or 53/udp. The first is the default. Required, except with `refuse`: there, if unset, every port is meant.',
    ),
  sources: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Sources that may be requested: names from `sources`, addresses, and prefixes, each with all that lies within it. If unset, any, but no security group without `anySource`: how many machines bear one is not known.',
    ),
  neverFrom: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Sources that are refused: names from `sources`, addresses, and prefixes. So is every source that holds a part of them, also with `anySource`.',
    ),
  widestSource: prefixLengths
    .optional()
    .describe('Widest source that may be requested. If unset: a single address; with `sources`, as wide as these.'),
  anySource: z.boolean().default(false).describe('Allow requests to open a port to every address.'),
  bastion: z
    .boolean()
    .default(false)
    .describe('Allow requests to open a port to the whole subnet of an Azure Bastion.'),
  cutSessions: z
    .boolean()
    .default(false)
    .describe(
      'Cover only machines whose open sessions are cut when access ends: in Azure, those behind a network security group with flushConnection; in AWS, those that `aws.cutSessions` reaches.',
    ),
  usual: duration
    .optional()
    .describe('Time when the request names none. If unset: an hour, or `longest` if that is less.'),
  longest: duration.default(3 * HOUR_MS).describe('Maximum time in total, extensions included; 24h at most.'),
  onBehalf: z
    .boolean()
    .default(false)
    .describe(
      'Let anybody who is known request for the people of `who` (`/jit request … for @sam`). The access, the limits, and the address are theirs; neither of both approves.',
    ),
  ahead: duration
    .optional()
    .describe('How far ahead a request may start (`/jit request … at tomorrow 9:00`). If unset, 7d.'),
  hours: hours
    .optional()
    .describe(
      'Hours within which a request has to begin and end. If unset, any. A request begins when it is approved.',
    ),
  because: z
    .strictObject(
      {
        ticket: z
          .string()
          .max(200)
          .refine(
            (pattern) => patternFault(pattern) === undefined,
            'must be a regular expression of RE2 such as ^(INC|CHG)-\\d+$',
          )
          .optional()
          .describe('Regular expression that one word of the reason must match, such as `^(INC|CHG)-\\d+$`.'),
        check: name
          .optional()
          .describe(
            'Ticket system of `tickets` that is asked whether it is open: before a decision and before opening, and then every minute. Needs `ticket`.',
          ),
        letters: z.number().int().min(1).max(200).optional().describe('Least number of letters of a reason.'),
      },
      shaped("must be a section such as { ticket: '^INC-\\d+$' }"),
    )
    .optional()
    .describe('What the reason of a request must have.'),
  auto: z
    .strictObject({
      from: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe(
          'Only from within these: names from `sources`, addresses, and prefixes. If unset, from wherever the policy allows.',
        ),
      upTo: duration.describe('Only for so long in all.'),
    })
    .optional()
    .describe(
      'Let requests within these bounds, and within `hours`, in without a decision. Beyond them, the stages decide.',
    ),
  when: z
    .string()
    .max(2_000)
    .transform((expression, context) => {
      const message = conditionFault(expression);
      if (message === undefined) return expression;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .optional()
    .describe(
      'What must be so as well, in CEL: `person` (`id`, `groups`, `guest`, attributes), `machine` (`name`, `cloud`, `account`, `subscription`, `group`, `region`, `network`, `os`, `tags`), and `now`. Whatever it names must be there, or the request is refused as “cannot tell”; `has(machine.tags.x)` asks for a tag. Patterns: `like("…")`.',
    ),
  approvers: z
    .array(approver)
    .min(1, 'must not be empty: without approvers, no request could be approved')
    .optional()
    .describe('Who may decide, in the words of `stages`: the short form of one stage. Either this or `stages`.'),
  approvals: z
    .number()
    .int()
    .min(1)
    .max(5)
    .optional()
    .describe('Number of different people of `approvers` who must approve. If unset, one.'),
  stepUp: z
    .enum(['numberMatch', 'signIn'])
    .optional()
    .describe(
      'What an approver has to do besides. `numberMatch`: pick the number that the requester was told, so that they have to speak with each other. `signIn`: sign in anew with a browser (needs `signIn`). If unset, nothing.',
    ),
  stages: stages
    .optional()
    .describe(
      'Who decides, in up to five stages, one after the other. One person counts once in a whole request; whoever requests never decides.',
    ),
  endUnused: duration
    .optional()
    .describe(
      'Close access so long after its opening unless somebody connected, where the cloud tells that: in AWS, with `aws.flowLogs`. At least 20 min, as the logs come late. Where nobody can tell, it stays open until its end, and the card says so. If unset, it stays open until its end.',
    ),
  move: z
    .strictObject({
      within: z
        .array(z.string().min(1))
        .min(1)
        .max(MOST_MOVES, `must be ${MOST_MOVES} sources or fewer: approvers see each of them`)
        .describe('Names from `sources`, addresses, and prefixes; no security groups.'),
    })
    .optional()
    .describe(
      'Let the requester move an open access to another single address within these, with the same end (`/jit move`). Approvers see it before they approve. If unset, nobody moves one.',
    ),
  extend: z
    .strictObject({
      self: z.literal(true).describe('The requester may extend without a decision.'),
      upTo: duration.describe('Longest such extension.'),
      times: z.number().int().min(1).optional().describe('How often, at most. If unset, as often as the time lasts.'),
    })
    .optional()
    .describe('Allow extensions without a decision.'),
  remind: z
    .array(duration)
    .min(1)
    .max(5, 'must be five reminders or less')
    .optional()
    .describe(
      'Times, such as [10m, 30m], after which those whom a stage asks are reminded, counted from its beginning.',
    ),
  delegation: z.boolean().default(true).describe('Let approvers have somebody else decide for them (`/jit delegate`).'),
  unanswered: duration.default(8 * HOUR_MS).describe('Time after which a request without a decision expires.'),
  tell: z.array(name).default([]).describe('Places that get a card of each request.'),
});
