import { say } from '../language/say.ts';
import { type Phrase, phrased, tidy } from '../language/text.ts';
import { familyOf, isAny, parseSource, prefixLength, sourceText } from './source.ts';

/** Who a rule lets in, as far as its source tells: from nobody can say, over the whole Internet, down to members of a group. */
export type Reach = 'everybody' | 'unknown' | 'network' | 'group';

/** One way in: who may come, and through which rule. */
export interface Way {
  /** As the cloud gives it: `0.0.0.0/0`, `Internet`, a prefix, `sg-…`, a tag; absent where only the rule's name is known. */
  readonly source?: string;
  /** What a source that is a group is called. */
  readonly sourceName?: string;
  /** The rule's or group's name. */
  readonly through: string;
}

/** A public prefix this wide is no network of anybody's; IANA gives out nothing wider than an IPv4 /8 or an IPv6 /12. */
const WIDEST = { ipv4: 8, ipv6: 12 } as const;

/** `*` and the service tag `Internet` ("Virtual network service tags"), as Azure spells them. */
const EVERYBODY = new Set(['*', 'any', 'internet']);

/** `sg-…`, or with the account in front: `123456789012/sg-…` (EC2, "Security group referencing"). */
const SECURITY_GROUP = /^(?:\d{12}\/)?sg-[0-9a-f]+$/;
/** A managed prefix list holds whatever its owner writes into it. */
const PREFIX_LIST = /^pl-[0-9a-f]+$/;
/** Whoever rents a machine in Azure has an address of these. */
const RENTED = /^azurecloud(?:\.|$)/;
/** A service tag or an application security group: letters, figures, dots, dashes and underscores. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u;

export function reachOf({ source }: Way): Reach {
  const text = (source ?? '').trim().toLowerCase();
  if (EVERYBODY.has(text)) return 'everybody';
  const prefix = parseSource(text);
  if (prefix !== undefined) return prefixLength(prefix) < WIDEST[familyOf(prefix)] ? 'everybody' : 'network';
  if (PREFIX_LIST.test(text) || RENTED.test(text)) return 'unknown';
  return SECURITY_GROUP.test(text) || NAME.test(text) ? 'group' : 'unknown';
}

/** Is it open to everybody, or can nobody say that it is not? */
export function isLoud(way: Way): boolean {
  const reach = reachOf(way);
  return reach === 'everybody' || reach === 'unknown';
}

const LOUDEST: readonly Reach[] = ['everybody', 'unknown', 'network', 'group'];

/** The widest first. */
export function byReach(a: Way, b: Way): number {
  return LOUDEST.indexOf(reachOf(a)) - LOUDEST.indexOf(reachOf(b));
}

const LONGEST_NAME = 80;

/** `anyone (0.0.0.0/0) through launch-wizard-1`. */
export function wayText(way: Way): string {
  return phrased(wayWords(way));
}

/** The same for whoever reads it. */
export function wayWords(way: Way): Phrase {
  return say`${comersWords(way)} through ${tidy(way.through, LONGEST_NAME)}`;
}

/** Who comes in that way, as the object of “open to”: `anyone (0.0.0.0/0)`, `10.0.0.0/8`, `security group default (sg-…)`. */
export function comersText(way: Way): string {
  return phrased(comersWords(way));
}

function comersWords(way: Way): Phrase {
  const source = tidy(way.source ?? '', LONGEST_NAME);
  const prefix = parseSource(source);
  switch (reachOf(way)) {
    case 'everybody':
      return prefix && !isAny(prefix) ? say`almost anyone (${source})` : say`anyone (${source})`;
    case 'network':
      return prefix ? sourceText(prefix) : source;
    case 'group':
      if (source.toLowerCase() === 'virtualnetwork') return say`the virtual network (${source})`;
      if (!SECURITY_GROUP.test(source)) return say`members of ${source}`;
      return way.sourceName === undefined
        ? say`security group ${source}`
        : say`security group ${tidy(way.sourceName, LONGEST_NAME)} (${source})`;
    case 'unknown':
      return source === '' ? say`an unknown source` : say`${source} (which may hold any address)`;
  }
}
