import { ENGLISH, type Language, type Tongue } from '../language/text.ts';
import { GERMAN } from './german.ts';

export const TONGUES: Readonly<Record<Language, Tongue>> = { en: ENGLISH, de: GERMAN };

/** The tongue of a locale as chats, browsers and systems write one: `de-DE`, `de_AT.UTF-8`. Undefined where it is not spoken here. */
export function tongueOf(locale: string | undefined): Tongue | undefined {
  const [language = ''] = (locale ?? '').toLowerCase().split(/[-_.@]/);
  return Object.values(TONGUES).find((one) => one.language === language);
}
