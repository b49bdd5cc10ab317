import { describe } from 'vitest';
import { transport } from './harness.ts';

const SUITES = [
  'buttons',
  'command',
  'credential',
  'examine',
  'forged',
  'own-chat',
  'ports-form',
  'publish',
  'report',
  'settings',
];

/** What the other files say of the one transport holds of the other: each file is run again, through the successor. */
describe.each(SUITES)('through the Agents SDK: %s', async (name) => {
  transport.sdk = 'agents';
  // As another module than the file itself, which may have been run in this process before.
  await import(`./${name}.test.ts?agents`);
  transport.sdk = 'botbuilder';
});
