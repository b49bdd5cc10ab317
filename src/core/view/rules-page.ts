import { say } from '../language/say.ts';
import type { Phrase } from '../language/text.ts';
import type { ApprovedRules, ProposedRules, RuleChanges } from '../policy/rule-change.ts';
import type { Who } from '../request/review.ts';
import type { Report, Row } from './report.ts';
import { listed } from './words.ts';

/** A changed configuration that waits for its owners: what differs, and what it would have decided. */
export function proposalPage(
  { code, differences }: ProposedRules,
  { approvals }: RuleChanges,
  replayed: Report | undefined,
): Report {
  const told: Report['sections'] = replayed
    ? replayed.sections.map(({ heading, rows }, i) => ({ heading: i === 0 ? replayed.title : heading, rows }))
    : [{ heading: 'What it would have decided could not be told', rows: [] }];
  return {
    title: 'drawbridge.yaml was changed: approve the new rules?',
    sections: [
      {
        heading: '',
        rows: [
          row(
            approvals === 1
              ? say`An owner has to approve it. Until then the rules stay as they were. Another change takes its place.`
              : say`${approvals} different owners have to approve it. Until then the rules stay as they were. Another change takes its place.`,
          ),
          ...differences.map((difference) => row(difference)),
        ],
      },
      ...told,
      { heading: '', rows: buttons(code) },
    ],
  };
}

function buttons(code: string): readonly Row[] {
  return [
    {
      line: [say`To approve, type \`/jit rules approve ${code}\`.`],
      button: { label: 'Approve these rules', command: `rules approve ${code}` },
    },
    {
      line: [say`To reject, type \`/jit rules reject ${code}\`.`],
      button: { label: 'Reject', command: `rules reject ${code}` },
    },
  ];
}

/** `/jit rules`: which configuration is approved, and which one waits. */
export function rulesPage(
  approved: ApprovedRules | undefined,
  proposed: (ProposedRules & { readonly approvedBy: readonly Who[] }) | undefined,
  { approvals }: RuleChanges,
): Report {
  const now = approved
    ? [
        {
          line: [
            approved.by.length > 0
              ? say`Approved by ${listed(approved.by, 'and')} ${{ at: approved.at }}: version ${approved.code}.`
              : say`In use since ${{ at: approved.at }}: version ${approved.code}.`,
          ],
        },
      ]
    : [row(say`No version is approved yet.`)];
  const waiting = proposed
    ? [
        {
          line: [
            say`Version ${proposed.code}, proposed ${{ at: proposed.at }}, has ${proposed.approvedBy.length} of ${approvals} approvals.`,
          ],
        },
        ...proposed.differences.map((difference) => row(difference)),
        ...buttons(proposed.code),
      ]
    : [row(say`Nothing waits.`)];
  return {
    title: 'Rules of drawbridge.yaml',
    sections: [
      { heading: '', rows: now },
      { heading: 'Proposed', rows: waiting },
    ],
  };
}

/** What became of a proposed configuration, for the places that were told of it. */
export function decidedPage(by: readonly Who[], code: string, verdict: 'approved' | 'rejected'): Report {
  const rest = verdict === 'approved' ? say`It is in use within ten seconds.` : say`The rules stay as they were.`;
  return {
    title:
      verdict === 'approved'
        ? say`The changed drawbridge.yaml was approved`
        : say`The changed drawbridge.yaml was rejected`,
    sections: [{ heading: '', rows: [{ line: [say`Version ${code}, by ${listed(by, 'and')}. ${rest}`] }] }],
  };
}

function row(text: Phrase): Row {
  return { line: [text] };
}
