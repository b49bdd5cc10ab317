/** All that is public, written as the page of Internet writes it, from the numbers that are not. */
export const PUBLIC = publicPrefixes();

function publicPrefixes(): readonly string[] {
  const special = /^(?:0|10|127|22[4-9]|23\d|24\d|25[0-5])$/;
  const eights = [...Array(256).keys()].filter((n) => !special.test(String(n)) && ![100, 169, 172, 192].includes(n));
  const sixteens = [100, 169, 172, 192].flatMap((n) =>
    [...Array(256).keys()]
      .filter((m) => !((n === 100 && m >= 64 && m < 128) || (n === 172 && m >= 16 && m < 32)))
      .filter((m) => !((n === 169 && m === 254) || (n === 192 && m === 168)))
      .map((m) => `${n}.${m}.0.0/16`),
  );
  return [...eights.map((n) => `${n}.0.0.0/8`), ...sixteens, '2000::/3'];
}
