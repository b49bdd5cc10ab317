const ONES = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen'
  .split(' ')
  .concat(['seventeen', 'eighteen', 'nineteen']);
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const WORD = new RegExp(
  `\\b(?:(${TENS.join('|')})(?:[- ](${ONES.slice(1, 10).join('|')}))?|(${ONES.join('|')}))\\b`,
  'g',
);
const PARTS: Readonly<Record<string, string>> = { '½': '.5', '¼': '.25', '¾': '.75' };

/** Numbers that were written out, in lower case, as figures: `two hours`, `twenty-five minutes`, `2½ h`, `an hour`, `a couple of hours`. */
export function figuresOf(text: string): string {
  return text
    .replace(/(\d*) ?([½¼¾])/g, (_, whole: string, part: string) => `${whole === '' ? '0' : whole}${PARTS[part]}`)
    .replace(/\ba couple of\b/g, '2')
    .replace(/\ban?(?= )/g, '1')
    .replace(WORD, (_, ten?: string, unit?: string, one?: string) =>
      String(
        ten === undefined ? ONES.indexOf(one ?? '') : 10 * (TENS.indexOf(ten) + 2) + (unit ? ONES.indexOf(unit) : 0),
      ),
    );
}
