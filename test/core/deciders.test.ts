import { describe, expect, it } from 'vitest';
import { phrased } from '../../src/core/language/text.ts';
import { decidersWords, demandWords } from '../../src/core/policy/deciders.ts';
import { TONGUES } from '../../src/core/words/tongues.ts';

describe('a policy’s words for those who decide', () => {
  it.each([
    ['the manager', 'Führungskraft'],
    ['the manager’s manager', 'zweite Führungsebene'],
    ['the manager, group security', 'Führungskraft, Gruppe security'],
    ['the manager and group security and Sam', 'Führungskraft und Gruppe security und Sam'],
    ['the owner (tag team), on call for payments', 'Zuständige (Tag team), Bereitschaft für payments'],
    ['Entra group a-b, or Slack group c, group d', 'Entra-Gruppe a-b, oder Slack-Gruppe c, Gruppe d'],
    ['Identity Center group ops', 'Identity-Center-Gruppe ops'],
    ['sam', 'sam'],
    ['', ''],
  ])('are said as they are kept, and in German: %s', (written, german) => {
    expect(phrased(decidersWords(written))).toBe(written);
    expect(phrased(decidersWords(written), TONGUES.de)).toBe(german);
  });

  it.each([
    ['2 of the manager, sam', '2 von Führungskraft, sam'],
    ['2 of group a and group b (later the manager)', '2 von Gruppe a und Gruppe b (später Führungskraft)'],
    ['the manager (later group board)', 'Führungskraft (später Gruppe board)'],
    ['the owner (tag team)', 'Zuständige (Tag team)'],
    ['group security', 'Gruppe security'],
  ])('and what a stage demands: %s', (written, german) => {
    expect(phrased(demandWords(written))).toBe(written);
    expect(phrased(demandWords(written), TONGUES.de)).toBe(german);
  });
});
