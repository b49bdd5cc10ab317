import { durationText } from '../language/duration.ts';
import type { Line } from '../language/text.ts';
import { CLOUD_NAMES, cloudOf } from '../machine/machine.ts';
import type { GlassBroken } from '../request/break-glass.ts';
import { type Activating, type Active, isInForce, type Request } from '../request/request.ts';
import type { Note, View } from './view.ts';
import { approvers, connectWords, fromText, nameOf, portList, who } from './words.ts';

/** `Access`, or `Break-glass access`: what a card is about. */
export function accessWord({ breakGlass }: Pick<Request, 'breakGlass'>): string {
  return breakGlass ? 'Break-glass access' : 'Access';
}

/** `Approved by Grace`, or that nobody approved it. */
export function letInBy(request: Request): Line {
  return request.breakGlass ? ['Without an approval (break-glass)'] : ['Approved by ', ...approvers(request)];
}

/** What everybody hears at once, with all that is to be known to judge it. */
export function onBreaking(request: Activating, glass: GlassBroken): Pick<View, 'announce' | 'headline'> {
  const what = `${portList(request.ports)} from ${fromText(request)} for ${durationText(request.forMs)}`;
  const where = `${nameOf(request)} (${CLOUD_NAMES[cloudOf(request.machine)]})`;
  const said: Line = ['BREAK-GLASS: ', who(request.requester), ` opens ${where}: ${what}. `];
  return { announce: 'glass-broken', headline: [...said, ...lastWords(request, glass)] };
}

/** The same once it is open: where that is quick, it is the first that anybody hears. */
export function onGlassOpen(request: Active, glass: GlassBroken): Pick<View, 'announce' | 'headline'> {
  const { until } = request.lease;
  const connect = connectWords(request);
  const open = `: ${nameOf(request)} is open: ${portList(request.ports)} from ${fromText(request)} until `;
  const said: Line = ['BREAK-GLASS: ', who(request.requester), open, { at: until }, '. '];
  const to = connect === undefined ? [] : [`Connect to ${connect}. `];
  return { announce: `open-${until}`, headline: [...said, ...to, ...lastWords(request, glass)] };
}

function lastWords({ askedAt, justification }: Request, { reviewBy }: GlassBroken): Line {
  const due = `Nobody approved this. A review is due within ${durationText(reviewBy - askedAt)}.`;
  return [`${due} Reason: “${justification}”`];
}

/** For whoever sees the card: why it looks as it does. */
export function glassNotes(request: Request): readonly Note[] {
  if (!request.breakGlass || !isInForce(request)) return [];
  const { reviewBy } = request.breakGlass;
  const text: Line = [
    'Nobody approved this. Whoever sees no reason for it can have it closed: `security`, and everybody who was told in person. A review is due by ',
    { at: reviewBy },
    '.',
  ];
  return [{ tone: 'alarm', text }];
}
