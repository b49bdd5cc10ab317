import { portsText } from '../core/protection.ts';
import type { MachineState } from '../ports/cloud.ts';

/** `web-1 is protected at 22 (from 203.0.113.0/24, for 3 h at most), 3389.` */
export function protectedText({ machine, protection }: MachineState): string {
  return `${machine.name} is protected at ${portsText(protection?.ports ?? [])}.`;
}
