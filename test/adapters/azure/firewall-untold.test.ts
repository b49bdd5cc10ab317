import { expect, it } from 'vitest';
import { mustPass } from '../../../adapters/azure/firewall/locate.ts';
import { unknownRule } from '../../../adapters/azure/firewall/rules.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import { say } from '../../../src/core/language/say.ts';
import { plain, plainly, type Saying, spoken } from '../../../src/core/language/text.ts';
import { untold } from '../../../src/core/packet/read.ts';
import { TONGUES } from '../../../src/core/words/tongues.ts';

/** What is refused where nobody can tell this of the firewall that a client inside has to pass. */
function refusal(said: Saying) {
  const path = { name: 'edge', isClassic: false, rules: untold(said), inside: [], ipGroups: new Map() };
  const firewall = { name: 'edge', addresses: [], path, ruleSource: { rules: [] } };
  const target = { firewall, nic: {}, address: '10.0.0.4', isInside: true } as unknown as Parameters<
    typeof mustPass
  >[0];
  const rule = { machine: 'azure:m', port: { number: 22, protocol: 'tcp' }, source: '10.1.0.4/32' } as const;
  try {
    mustPass(target, rule, { machine: { name: 'web-1' } } as Parameters<typeof mustPass>[2]);
  } catch (error) {
    if (error instanceof JitError)
      return { english: plain(error.spans), german: plainly(spoken(error.spans, TONGUES.de)) };
  }
  return expect.fail('it was let pass');
}

const odd = { name: 'g', ruleCollections: [{ name: 'c', ruleCollectionType: 'FirewallPolicyDreamCollection' }] };

it.each([
  [
    say`which rules of the firewall ${'edge'} are in force, as its last update failed`,
    'nobody can tell which rules of the firewall edge are in force, as its last update failed',
    'welche Regeln der Firewall edge gelten, da ihre letzte Änderung fehlgeschlagen ist',
  ],
  [
    unknownRule('base/g', odd) ?? expect.fail('it is known'),
    'nobody can tell what base/g/c does, which is of a kind that Drawbridge does not know',
    'was base/g/c bewirkt, denn diese Art kennt Drawbridge nicht',
  ],
])('why a firewall cannot be passed is said in the reader’s language', (said, english, german) => {
  const told = refusal(said);
  expect(told.english).toContain(english);
  expect(told.german).toContain(german);
  expect(told.german).not.toContain('which');
});
