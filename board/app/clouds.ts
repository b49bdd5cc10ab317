import { CLOUD_NAMES } from '../../src/core/machine/machine.ts';

/** As people write it; of a cloud that this page does not know, the word that its ids begin with. */
export function cloudText(cloud: string): string {
  return isKnown(cloud) ? CLOUD_NAMES[cloud] : cloud === '' ? 'unknown cloud' : cloud;
}

/** For a choice: each with the word that stands in the address. */
export const CLOUDS: readonly (readonly [string, string])[] = Object.entries(CLOUD_NAMES);

function isKnown(cloud: string): cloud is keyof typeof CLOUD_NAMES {
  return Object.hasOwn(CLOUD_NAMES, cloud);
}
