import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RecordedCalls } from './calls.ts';
import { notUsed, refused } from './rights.ts';
import { play } from './run.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
/** Of each way into a cloud, with what is asked around it. */
const PLAYED = [
  ...['azure-asked-in-slack-approved-in-teams', 'azure-roles', 'azure-locks', 'azure-nsg', 'azure-firewall'],
  ...['bastion', 'units', 'close-standing', 'unprotect', 'foreign-write', 'doctor', 'azure-balancer'],
  ...['azure-admin-rules', 'standing-rule-azure', 'aws-asked-in-teams-approved-in-slack', 'aws-per-request'],
  ...['aws-cut-sessions', 'aws-copies', 'aws-network-acl', 'aws-roles', 'aws-source-group', 'protect-several'],
  ...['lockdown-by-consent', 'why', 'aws-groups', 'standing-rule'],
];

describe('the calls of transcripts', () => {
  it('are allowed by the roles that are printed, which give no right that is neither used nor explained', {
    timeout: 600_000,
  }, async () => {
    const made: RecordedCalls[] = [];
    for (const name of PLAYED) {
      const { calls } = await play(`${folder}${name}.txt`);
      expect([name, refused(calls)]).toEqual([name, []]);
      made.push(calls);
    }
    expect(notUsed(made)).toEqual([]);
  });
});
