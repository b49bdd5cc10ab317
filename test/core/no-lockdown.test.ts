import { expect, it } from 'vitest';
import { plain } from '../../src/core/language/text.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { closed } from '../../src/core/request/closing.ts';
import { proofOf } from '../../src/core/request/proof.ts';
import { heldReport } from '../../src/core/view/held.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { inStatus, SSH, T0 } from './samples.ts';

const GOOGLE: MachineId = 'gcp:drawbridge-demo/europe-west1-b/web-1';
const AWS: MachineId = 'aws:123456789012:eu-west-1:i-00000000000000001';
const standing = [{ port: SSH, source: '0.0.0.0/0', through: 'launch-wizard-1' }];

/** What is told of a machine that stays open to others: at the end of an access, and where the configuration had it protected. */
function told(machine: MachineId): readonly string[] {
  const still = proofOf(T0, [{ port: SSH, verdict: 'open', ways: standing }]);
  const { notes } = viewOf(closed({ ...inStatus('closing'), standing, machine }, still, undefined));
  const ports = [{ entry: 'fleet', port: { port: SSH, sources: [], longestMs: 3_600_000 } }];
  const about = { machine: { id: machine, name: 'web-1', tags: {}, location: 'here' }, ports, standing };
  const { sections } = heldReport([{ what: 'protected', ...about }]);
  return [
    notes.map(({ text }) => plain(text)),
    sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line))),
  ].map((all) => all.join(' '));
}

it('what can close others’ rules is named where there is such a thing', () => {
  for (const text of told(AWS)) expect(text).toContain('`/jit protect web-1 closing`');
});

it('and not in Google Cloud, where somebody else has to', () => {
  const [end = '', held] = told(GOOGLE);
  for (const text of [end, held]) expect(text).not.toContain('closing');
  expect(end).toContain('Whoever manages the firewall rules in Google Cloud can close it there.');
});
