import type { Placement } from '../../src/core/rule/rule.ts';
import { allowedUntil } from '../../src/kit/call.ts';
import { outcomesOf } from '../../src/kit/outcome.ts';
import type { MayGo } from '../../src/ports/remover.ts';
import type { Azure } from './arm/context.ts';
import { backendOf } from './backends.ts';

/** Takes rules away, each by the backend that wrote it; one backend that fails keeps no other from going on. */
export async function remove(
  azure: Azure,
  placements: readonly Placement[],
  mayGo: MayGo,
  signal: AbortSignal,
): Promise<readonly Placement[]> {
  const parts = [...Map.groupBy(placements, backendOf)];
  const { done, failed } = await outcomesOf(parts, ([backend, those]) =>
    backend.remove(azure, those, mayGo, allowedUntil(signal)),
  );
  const [first] = failed;
  if (first) throw first.error;
  return done.flatMap(({ value }) => value);
}
