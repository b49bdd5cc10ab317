import { connect, isIP } from 'node:net';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Witness } from '../../src/ports/witness.ts';

/** A filtered port never answers: so long it is waited for an answer. */
const ANSWER_MS = 1_000;
/** A rule that has just gone may let something in for a moment yet. */
const AGAIN_MS = 1_000;
const MOST_ADDRESSES = 4;

/** Opens a TCP connection, and ends it at once. Names are not looked up: they may lead anywhere. */
export function tcpWitness(): Witness {
  return {
    async reached(addresses, port, signal) {
      const own = addresses.filter((address) => isIP(address) !== 0).slice(0, MOST_ADDRESSES);
      if (port.protocol !== 'tcp') return undefined;
      const all = await Promise.all(own.map((address) => twice(address, port.number, signal)));
      return own.find((_, i) => all[i]);
    },
  };
}

async function twice(address: string, port: number, signal: AbortSignal): Promise<boolean> {
  if (!(await connects(address, port, signal))) return false;
  try {
    await pauseFor(AGAIN_MS, undefined, { signal });
  } catch {
    return false;
  }
  return connects(address, port, signal);
}

function connects(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const over = (is: boolean) => () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', no);
      socket.destroy();
      resolve(is);
    };
    const no = over(false);
    const timer = setTimeout(no, ANSWER_MS);
    signal.addEventListener('abort', no);
    socket.on('connect', over(true));
    socket.on('error', no);
    if (signal.aborted) no();
  });
}
