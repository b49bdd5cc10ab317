import { protectionKey } from '../../src/core/machine/protection.ts';
import type { Consent, ConsentPage } from '../../src/core/policy/consent.ts';
import type { ProtectedBy, ProtectionRecords } from '../../src/ports/protection-records.ts';

/** The twin of the records in Redis. */
export function memoryProtectionRecords(): ProtectionRecords {
  const pages = new Map<string, ConsentPage>();
  const consents = new Map<string, Consent>();
  const by = new Map<string, ProtectedBy>();
  return {
    async pages() {
      return [...pages.values()].map((page) => {
        const agreed = consents.get(page.code);
        return agreed ? { ...page, agreed } : page;
      });
    },
    async keepPage(page) {
      pages.set(page.code, page);
    },
    async agree(code, consent) {
      if (!consents.has(code)) consents.set(code, consent);
    },
    async dropPage(code) {
      pages.delete(code);
      consents.delete(code);
    },
    async protectedBy() {
      return new Map(by);
    },
    async keepProtectedBy(machine, ports, who) {
      for (const port of ports) {
        if (who) by.set(protectionKey(machine, port), who);
        else by.delete(protectionKey(machine, port));
      }
    },
  };
}
