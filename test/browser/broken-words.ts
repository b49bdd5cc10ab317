import type { Page } from 'playwright-core';

/** Words of tables that are broken, as there is no room for them. Hashes and names may be. */
export function brokenWords(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const cell of document.querySelectorAll('main td, main th')) {
      if (getComputedStyle(cell.closest('thead') ?? cell).position === 'absolute') continue;
      const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode())
        for (const { index, 0: word } of (text.textContent ?? '').matchAll(/(?<!\S)\p{L}{4,15}(?!\S)/gu)) {
          const range = document.createRange();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) found.push(word);
        }
    }
    return found;
  });
}
