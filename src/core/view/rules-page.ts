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
  const need = approvals === 1 ? 'An owner has' : `${approvals} different owners have`;
  return {
    title: 'drawbridge.yaml was changed: approve the new rules?',
    sections: [
      {
        heading: '',
        rows: [
          row(`${need} to approve it. Until then the rules stay as they were. Another change takes its place.`),
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
      line: [`To approve, type \`/jit rules approve ${code}\`.`],
      button: { label: 'Approve these rules', command: `rules approve ${code}` },
    },
    {
      line: [`To reject, type \`/jit rules reject ${code}\`.`],
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
  const by =
    approved && approved.by.length > 0 ? ['Approved by ', ...listed(approved.by, 'and'), ' '] : ['In use since '];
  const now = approved
    ? [{ line: [...by, { at: approved.at }, `: version ${approved.code}.`] }]
    : [row('No version is approved yet.')];
  const waiting = proposed
    ? [
        {
          line: [
            `Version ${proposed.code}, proposed `,
            { at: proposed.at },
            `, has ${proposed.approvedBy.length} of ${approvals} approvals.`,
          ],
        },
        ...proposed.differences.map((difference) => row(difference)),
        ...buttons(proposed.code),
      ]
    : [row('Nothing waits.')];
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
  const rest = verdict === 'approved' ? 'It is in use within ten seconds.' : 'The rules stay as they were.';
  return {
    title: `The changed drawbridge.yaml was ${verdict}`,
    sections: [{ heading: '', rows: [{ line: [`Version ${code}, by `, ...listed(by, 'and'), `. ${rest}`] }] }],
  };
}

function row(text: string): Row {
  return { line: [text] };
}
