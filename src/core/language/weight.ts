import { wordsOf } from './grammar.ts';

/** What a verb does: it only shows something, it ends or refuses access, or it acts in any other way. */
export type Weight = 'shows' | 'closes' | 'acts';

/** NB. what is not listed acts: a new verb, one that is spelled wrong, and `board`, whose link is good for hours. */
const WEIGHTS: Readonly<Record<string, Weight>> = {
  ...{
    '': 'shows',
    help: 'shows',
    home: 'shows',
    list: 'shows',
    mine: 'shows',
    pending: 'shows',
    status: 'shows',
    links: 'shows',
    show: 'shows',
    why: 'shows',
  },
  ...{ explain: 'shows', recommend: 'shows', machines: 'shows', lockdowns: 'shows', whoami: 'shows', reviews: 'shows' },
  ...{ doctor: 'shows', details: 'shows' },
  ...{ revoke: 'closes', withdraw: 'closes', deny: 'closes' },
};

/** Of what stands behind `/jit`, or of the verb of a button. */
export function weightOf(typed: string): Weight {
  const { verb } = wordsOf(typed);
  return Object.hasOwn(WEIGHTS, verb) ? (WEIGHTS[verb] ?? 'acts') : 'acts';
}
