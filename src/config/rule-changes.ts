import { z } from 'zod';
import { name, subject } from './fields.ts';

/** Who has to approve a changed drawbridge.yaml. */
export const ruleChanges = z
  .strictObject({
    owners: z.array(subject).min(1).describe('Who may approve a changed configuration: people and groups.'),
    approvals: z
      .number()
      .int()
      .min(1)
      .max(5)
      .default(2)
      .describe('Number of different owners who must approve. Who changed the file cannot be known.'),
    tell: z.array(name).default([]).describe('Places that get a proposed change. If unset, those of `operators`.'),
  })
  .optional()
  .describe(
    'Take up a changed configuration only after its owners approved it in chat. Without it, a changed file is taken up at once.',
  );
