import { readFileSync } from 'node:fs';

/**
 * Loaded into a process before everything else (`--import`): its clock is off by as many milliseconds as the file CHAOS_CLOCK says at
 * the time. What counts time and tells none (`performance.now()`, timers) goes on as ever, as it does when a real clock is set.
 */
const { CHAOS_CLOCK: file } = process.env;
const EVERY_MS = 100;

if (file !== undefined) {
  const Real = Date;
  let offMs = 0;
  const look = () => {
    try {
      offMs = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      offMs = 0;
    }
  };
  look();
  setInterval(look, EVERY_MS).unref();
  const now = () => Real.now() + offMs;
  globalThis.Date = new Proxy(Real, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made) as Date,
    apply: () => new Real(now()).toString(),
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}
