import { readFileSync } from 'node:fs';

/** Linux counts a process's time in ticks of 10 ms (proc_pid_stat(5), USER_HZ). */
const TICK_MS = 10;

/** The CPU that a process has used so far, its threads included and its children not, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, which is the second field, may hold anything; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
