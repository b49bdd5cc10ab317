import type { ClosingLimits } from '../../src/core/request/closing-budget.ts';

/**
 * "Rate quotas" of the Compute Engine API: 1,500 global mutations of a project in a minute, all of them anew at each full one.
 * Two slices of the budget are a minute.
 */
export const CLOSINGS: ClosingLimits = { rates: [{ burst: 1_500, perSecond: 25 }], calls: 1, together: false };
