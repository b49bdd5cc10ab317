/** Verbs that change something, which nobody means as a word of another command where a name stands behind them. */
const ACTS =
  'request|open|approve|deny|reject|revoke|close|withdraw|cancel|extend|protect|unprotect|explain|break-glass'.split(
    '|',
  );
/** What stands behind these is somebody's own words. */
const WORDY = /^\W*(?:jit\W+)?(?:ask|answer)\b/i;
const NAME = '(?:[\\w.]*\\d|[\\w.]+-\\w)';
const ID = '#?(?=[a-z]*\\d)[2-9a-hj-km-np-z]{7}\\b';
const ABOUT_IDS = ACTS.filter((verb) => verb !== 'request' && verb !== 'open').join('|');
const VERB = new RegExp(`\\b(?:${ACTS.join('|')}|refuse|ssh|rdp|end|stop)\\b`, 'i');
const QUOTE = '["“„`*_]*';
/** A joint, and the verb behind it with what it is about; or right behind a name, a verb with a name. */
const JOINT = new RegExp(
  [
    `(?:;|&&|(?:,\\s?|\\b)(?:and then|and|then|und|dann)\\b)\\s*(?=(?:/?jit\\s+)?(?:${ACTS.join('|')})\\s+${QUOTE}${NAME})`,
    `(?:,|(?<=\\d\\S*)\\s)\\s*(?:but\\s+|aber\\s+)?(?=(?:${ABOUT_IDS})\\s+${QUOTE}${ID})`,
    `(?:,|(?<=\\d\\S*)\\s)\\s*(?=(?:${ACTS.join('|')})\\s+${QUOTE}(?!${ID})[\\w.]+-\\w)`,
  ].join('|'),
  'gi',
);
const BESIDE =
  /^(\s*\S+\s(?:.*\s)?\S*[\d-]\S*)\s+((?:approve|deny|reject|revoke|close|withdraw|cancel|extend)\s+[#@]?(?=[a-z]*\d)[2-9a-hj-km-np-z]{7}(?=\s|$).*)$/is;
const REASON = /\s(?:because|weil|wegen|(?:for )?reason\b)/i;
/** Only a reason can follow the names: what else stands there is part of it. */
const DENIED = /^\W*(?:jit\W+)?(?:deny|reject|refuse)\b(?:[\s,]+\S*\d\S*)*$/i;
/** Another request is decided: that is no reason for this. */
const OF_ID = new RegExp(`^,\\s*(?:(?:and|und|but|aber)\\s+)?(?:${ABOUT_IDS})\\s+${QUOTE}${ID}`, 'i');
const DENIES = /^\W*(?:jit\W+)?(?:deny|reject|refuse)\b/i;

/** Commands that were sent as one: a line each, or `approve k7m3q9w and deny p2x8v4t`. One, where there is one. */
export function apart(typed: string, isVerb: (word: string) => boolean): readonly string[] {
  const text = typed
    .replace(/&(?:nbsp|#160);/g, ' ')
    .replace(/&amp;/g, '&')
    .replace(/<\/(?:p|div|li)>|<br\s*\/?>/gi, '\n');
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const first = (line: string) => /^(?:<[^>]*>|\W)*(?:jit\W+)?([\w-]+)/i.exec(line)?.[1]?.toLowerCase() ?? '';
  const said = lines.filter((line) => first(line) !== '');
  if (said.length > 1 && said.every((line) => isVerb(first(line)))) return said;
  const [before, behind] = isVerb(first(text)) ? beside(text) : [];
  return before === undefined || behind === undefined ? joined(text) : [before, behind];
}

/** `approve k7m3q9w deny p2x8v4t`: what stands before, and what behind. To deny takes words of all kinds, unless nothing stands behind. */
function beside(text: string): readonly string[] {
  const [, before = '', behind = ''] = BESIDE.exec(text) ?? [];
  if (before === '' || WORDY.test(text) || REASON.test(before)) return [];
  return DENIES.test(before) && !(DENIED.test(before) && /^\S+\s+\S+\s*$/.test(behind)) ? [] : [before, behind];
}

function joined(text: string): readonly string[] {
  const joint = WORDY.test(text) ? undefined : [...text.matchAll(JOINT)].find((one) => isJoint(text, one));
  if (!joint) return [text];
  const before = text.slice(0, joint.index).trimEnd();
  const isOfId = OF_ID.test(text.slice(joint.index));
  if (REASON.test(before) || before === '' || (DENIES.test(before) && !DENIED.test(before) && !isOfId)) return [text];
  return [before, ...joined(text.slice(joint.index + joint[0].length))];
}

/** A comma, or nothing at all, joins where a verb stands before it: `@drawbridge, approve k7m3q9w` is one. */
function isJoint(text: string, { 0: said, index }: RegExpExecArray): boolean {
  return !/^[,\s]*(?:(?:but|aber)\s+)?$/i.test(said) || VERB.test(text.slice(0, index));
}
