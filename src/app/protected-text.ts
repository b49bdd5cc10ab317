import { durationText } from '../core/duration.ts';
import { DAY_MS } from '../core/instant.ts';
import { portText } from '../core/port.ts';
import { sourceText } from '../core/source.ts';
import type { MachineState, ProtectedPort } from '../ports/cloud.ts';

/** `web-1 is protected at 22 (from 203.0.113.0/24, for 3 h at most), 3389.` Limits that are the widest are not said. */
export function protectedText({ machine, protection }: MachineState): string {
  const ports = [...(protection?.ports ?? [])].sort((a, b) => a.port.number - b.port.number);
  return `${machine.name} is protected at ${ports.map(portWithLimits).join(', ')}.`;
}

function portWithLimits({ port, sources, longestMs }: ProtectedPort): string {
  const limits = [
    ...(sources.length > 0 ? [`from ${sources.map(sourceText).join(' or ')}`] : []),
    ...(longestMs < DAY_MS ? [`for ${durationText(longestMs)} at most`] : []),
  ];
  return limits.length > 0 ? `${portText(port)} (${limits.join(', ')})` : portText(port);
}
