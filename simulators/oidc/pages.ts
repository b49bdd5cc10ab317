import type { OidcAccount } from './model.ts';

/** A sign-in page with a button for each account, and one to go back. */
export function accountsPage(action: string, request: string, accounts: readonly OidcAccount[]): string {
  const buttons = accounts.map(
    ({ oid, name, email }) =>
      `<form method="post" action="${safe(action)}"><input type="hidden" name="request" value="${request}"><button name="account" value="${safe(oid)}">${safe(name)} (${safe(email)})</button></form>`,
  );
  const cancel = `<form method="post" action="${safe(action)}"><input type="hidden" name="request" value="${request}"><button name="account" value="">Cancel</button></form>`;
  return whole('Simulated sign-in', `<p>Pick an account</p>${buttons.join('')}${cancel}`);
}

export function errorPage(text: string): string {
  return whole('Sign-in error', `<p>${safe(text)}</p>`);
}

function whole(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1>${body}</html>`;
}

function safe(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
