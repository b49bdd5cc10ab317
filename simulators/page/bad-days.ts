import type { Fault, Faults } from '../shared/faults.ts';

/** What can be wrong with a cloud, until it is switched off again. */
export type BadDay = 'throttle' | 'lostReply' | 'slow';

/** Clouds that can have one. */
export type BadCloud = 'azure' | 'aws';

const ANY = /(?:)/;
/** Calls that change something, as each cloud names them: a lost reply hurts most there. */
const CHANGES: Readonly<Record<BadCloud, RegExp>> = {
  azure: /^(JitNetworkAccessPolicies_(Initiate|CreateOrUpdate)|SecurityRules_(Delete|CreateOrUpdate))/,
  aws: /^(Authorize|Revoke|Create|Modify)/,
};
const SLOW_MS = 1500;
const RETRY_AFTER_SECONDS = 2;

function planOf(cloud: BadCloud, badDay: BadDay): readonly [RegExp, Fault] {
  switch (badDay) {
    case 'throttle':
      return [CHANGES[cloud], { kind: 'throttle', retryAfterSeconds: RETRY_AFTER_SECONDS }];
    case 'lostReply':
      return [CHANGES[cloud], { kind: 'lostReply' }];
    case 'slow':
      return [ANY, { kind: 'slow', ms: SLOW_MS }];
  }
}

/** The switches of the page's “bad day” menu. */
export class BadDays {
  readonly #faults: Readonly<Record<BadCloud, Faults>>;
  readonly #on: Readonly<Record<BadCloud, Set<BadDay>>> = { azure: new Set(), aws: new Set() };

  constructor(faults: Readonly<Record<BadCloud, Faults>>) {
    this.#faults = faults;
  }

  switch(cloud: BadCloud, badDay: BadDay, on: boolean): void {
    if (on) this.#on[cloud].add(badDay);
    else this.#on[cloud].delete(badDay);
    const faults = this.#faults[cloud];
    faults.clear();
    for (const one of this.#on[cloud]) faults.add(...planOf(cloud, one), Number.POSITIVE_INFINITY);
  }

  now(): Readonly<Record<BadCloud, readonly BadDay[]>> {
    return { azure: [...this.#on.azure], aws: [...this.#on.aws] };
  }
}
