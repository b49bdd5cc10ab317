import { expect, it } from 'vitest';
import { edited, faultsOf, GOOD } from './files.ts';

const OURS = 'events: [opened, closed again]';

it.each([
  ['events: [opened, done]', 'audit.https[1].events[1]: must be an event such as opened; docs/audit.md lists them'],
  ['events: []', 'audit.https[1].events: must'],
])('a webhook wants events that there are: %s', (by, fault) => {
  expect(faultsOf(edited(GOOD, OURS, by))).toEqual([expect.stringContaining(fault)]);
});

it('what gets whole batches gets every event', () => {
  expect(faultsOf(edited(GOOD, 'name: soar, kind: events', 'name: soar, kind: webhook'))).toEqual([
    expect.stringMatching(/^audit\.https\[1\]\.events: is only for kind: events \(line \d+\)$/),
  ]);
});
