import type { Line } from '../../core/language/text.ts';
import type { Report } from '../../core/view/report.ts';
import { submitted } from '../request/words.ts';
import type { GlassDone } from './break.ts';

/** The page to agree to, or what is opening now. */
export function glassAnswer(done: GlassDone): {
  readonly lines: readonly Line[];
  readonly refused: false;
  readonly report?: Report;
} {
  return 'page' in done
    ? { lines: [], refused: false, report: done.page }
    : { lines: submitted(done.request, true), refused: false };
}
