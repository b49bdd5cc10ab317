import { expect, it } from 'vitest';
import { faultsOf, SMALL } from './files.ts';

const PAGES = 'web: { url: "https://drawbridge.example.com" }\n';
const faults = (more: string) => faultsOf(SMALL + more).map((one) => one.replace(/ \(line \d+\)/, ''));

it('the board needs pages, and sessions of minutes to a day', () => {
  expect(faults(`${PAGES}board: {}\n`)).toEqual([]);
  expect(faults('board: {}\n')).toEqual(['board: needs web.url, where it is served']);
  expect(faults(`${PAGES}board: { session: 25h }\n`)).toEqual(['board.session: must be from 5m to 24h']);
});

it('readers are somebody, and their policies are there', () => {
  expect(faults('readers: [{ who: ["group:nobody"] }]\n')[0]).toContain('readers[0].who[0]');
  expect(faults('readers: [{ who: [], policies: [prod] }]\n')[0]).toContain('readers[0].who');
  const [fault] = faults('readers: [{ who: ["person:ada"], policies: [prodution] }]\n');
  expect(fault).toContain('no policy is called prodution');
});
