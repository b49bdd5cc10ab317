import { z } from 'zod';
import type { Stage } from '../core/policy/stage.ts';
import { approver, duration } from './fields.ts';

const WHO =
  '`manager`, `managersManager`, `person:<id>`, `group:<name>`, a group of a directory, `owner:<tag>` (whoever that tag of the machine names: the ID of a person, or a group), or `onCall:<schedule>`';

const approvers = z.array(approver).min(1, 'must not be empty: without approvers, no request could be approved');

/** One stage of decisions. */
const stage = z.strictObject({
  anyOf: approvers.optional().describe(`One of these approves: ${WHO}. Either this, \`allOf\`, or \`n\` with \`of\`.`),
  allOf: approvers.optional().describe('One for each of these approves, and each is another person.'),
  n: z.number().int().min(1).max(5).optional().describe('So many different people of `of` approve.'),
  of: approvers.optional().describe('Who may be one of the `n`.'),
  answerIn: duration.optional().describe('Time after which those of `then` may approve as well, and are asked.'),
  // biome-ignore lint/suspicious/noThenProperty: a list, which nothing calls
  then: approvers.optional().describe('Who may approve as well after `answerIn`.'),
  escalate: z
    .array(
      z.strictObject({
        after: duration.describe('Time after which they may approve as well, and are asked.'),
        to: approvers.describe('Who may approve as well from then on.'),
      }),
    )
    .min(1)
    .max(5, 'must be five steps or less')
    .optional()
    .describe('More of the same, one after the other, where a single `answerIn` with `then` is not enough.'),
});

export const stages = z
  .array(stage)
  .min(1, 'must not be empty: without stages, no request could be approved')
  .max(5, 'must be five stages or less');

type StageGiven = z.output<typeof stage>;

export function stageOf({ anyOf, allOf, n, of, answerIn, then, escalate }: StageGiven): Stage {
  const seats = anyOf ? [anyOf] : allOf ? allOf.map((one) => [one]) : Array.from({ length: n ?? 1 }, () => of ?? []);
  return {
    seats,
    ...(answerIn === undefined ? {} : { answerInMs: answerIn }),
    ...(then ? { later: then } : {}),
    ...(escalate ? { rungs: escalate.map(({ after, to }) => ({ afterMs: after, to })) } : {}),
  };
}

/** The one stage of `approvers` and `approvals`. */
export function oneStage(approvers: Stage['seats'][number], approvals: number): Stage {
  return { seats: Array.from({ length: approvals }, () => approvers) };
}
