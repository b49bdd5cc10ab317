import { durationText } from '../language/duration.ts';
import { cloudOf } from '../machine/machine.ts';
import { isReminded, REMIND_MS, remindAt } from '../request/owes.ts';
import type { Active, Closing, Ended, Request } from '../request/request.ts';
import { isAny, sourceText } from '../rule/source.ts';
import type { View } from './view.ts';
import { LOUD_AFTER, last, over, proofWords, who } from './words.ts';

/**
 * What becomes of sessions that are open at the end. Azure keeps flows that were allowed ("Network security groups"), unless
 * a group looks at them again when its rules change (`flushConnection` of @azure/arm-network's NetworkSecurityGroup); EC2
 * keeps tracked ones, and a rule from everywhere may leave them untracked ("Security group connection tracking").
 */
function sessionsThen({ machine, source, cutsSessions }: Request): string {
  if (cutsSessions) return 'Open sessions are cut then.';
  const untracked = cloudOf(machine) === 'aws' && isAny(source);
  return untracked ? 'Open sessions may be cut then.' : 'Open sessions go on after that; new ones are refused.';
}

type Milestone = Pick<View, 'announce' | 'headline'>;

/** What people are notified of, once a place each. The key says which occasion it is. */
export function milestoneOf(request: Request): Milestone {
  const machine = request.machineName;
  const requester = who(request.requester);
  switch (request.status) {
    case 'pending':
      return { announce: 'asked', headline: [requester, ` asks for access to ${machine}.`] };
    case 'denied':
      return {
        announce: 'denied',
        headline: [requester, `: access to ${machine} was denied by `, ...last(request, 'deny'), '.'],
      };
    case 'withdrawn':
      return { announce: 'withdrawn', headline: [requester, ` withdrew the request for ${machine}.`] };
    case 'expired':
      return { announce: 'expired', headline: [requester, `: nobody answered the request for ${machine} in time.`] };
    case 'activating':
      return {
        announce: 'decided',
        headline: [requester, `: access to ${machine} was approved by `, ...last(request, 'approve'), '.'],
      };
    case 'active':
      return whileOpen(request);
    case 'closing':
      return whileClosing(request);
    case 'ended':
      return (
        changed(request) ?? {
          announce: 'ended',
          headline: [requester, `: ${machine}: `, ...over(request), ': ', ...proofWords(request.proof), '.'],
        }
      );
  }
}

/** What was approved is not what would be opened now: whoever asked and whoever approved are told why. */
function changed({ ending, requester, machineName }: Closing | Ended): Milestone | undefined {
  if (ending.why !== 'failed' || ending.code !== 'changedSinceApproval') return undefined;
  return { announce: 'changed', headline: [who(requester), `: ${machineName}: ${ending.say}`] };
}

function whileOpen(request: Active): Milestone {
  const { lease, extension } = request;
  const { until } = lease;
  const machine = request.machineName;
  const requester = who(request.requester);
  if (extension) {
    const more = durationText(extension.forMs);
    return {
      announce: `extension-${extension.at}`,
      headline: [who(extension.by), ` asks for ${more} more on ${machine}.`],
    };
  }
  const latest = request.timeline.at(-1);
  const warned = isReminded(request);
  const sinceWarning = !warned || (latest !== undefined && latest.at >= remindAt(lease));
  if (latest?.event === 'extension denied' && sinceWarning) {
    return {
      announce: `extension-denied-${latest.at}`,
      headline: [
        requester,
        `: more time on ${machine} was denied by `,
        ...last(request, 'deny'),
        '; it stays open until ',
        { at: until },
        '.',
      ],
    };
  }
  if (latest?.event === 'extension unanswered' && sinceWarning) {
    return {
      announce: `extension-unanswered-${latest.at}`,
      headline: [requester, `: nobody answered about more time on ${machine}.`],
    };
  }
  if (warned) {
    const left = durationText(Math.min(REMIND_MS, until - lease.from));
    return {
      announce: `ending-${until}`,
      headline: [
        requester,
        `: ${machine} closes within ${left} (`,
        { at: until },
        `). ${sessionsThen(request)} Extend or close now on the card.`,
      ],
    };
  }
  return {
    announce: `open-${until}`,
    headline: [
      requester,
      `: ${machine} is open from ${sourceText(request.source)} until `,
      { at: until },
      ', approved by ',
      ...last(request, 'approve'),
      '.',
    ],
  };
}

function whileClosing(request: Closing): Milestone {
  const { trouble, machineName: machine } = request;
  const doublings = trouble && trouble.tries >= LOUD_AFTER ? Math.floor(Math.log2(trouble.tries / LOUD_AFTER)) : -1;
  if (doublings >= 0) {
    return {
      announce: `alarm-${doublings}`,
      headline: [
        `${machine} could not be closed yet, tried ${trouble?.tries} times. ${trouble?.say ?? ''} Drawbridge goes on trying.`,
      ],
    };
  }
  return (
    changed(request) ?? {
      announce: 'closing',
      headline: [who(request.requester), `: ${machine}: `, ...over(request), '; closing now.'],
    }
  );
}
