import { createHash } from 'node:crypto';

/** The look of all pages: light or dark as the reader has it, from 320 pixels on, without a script, a font, or a picture. */
export const STYLE = `
:root{color-scheme:light dark;--page:#eef0f4;--panel:#fff;--sunk:#f6f7f9;--ink:#1b1e26;--soft:#565d6d;--line:#dcdfe6;--accent:#3d3fa8;--on-accent:#fff;--bad:#a8172f;--bad-soft:#fdeaec}
@media (prefers-color-scheme:dark){:root{--page:#0e1014;--panel:#171a20;--sunk:#1d2128;--ink:#e9ebf0;--soft:#a2a9b8;--line:#2c313b;--accent:#a5a8ff;--on-accent:#171a20;--bad:#ff98a4;--bad-soft:#3d161c}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",system-ui,sans-serif}
main{max-width:34rem;margin:6vh auto;padding:24px;border:1px solid var(--line);border-radius:12px;background:var(--panel)}
.brand{display:flex;align-items:center;gap:9px;margin:0 0 20px;color:var(--soft);font-weight:700}
.brand svg{width:28px;height:28px}
h1{margin:0 0 12px;font-size:22px;line-height:1.25}
p,ul,dl{margin:0 0 14px}
p,li,dd{overflow-wrap:anywhere}
dt{color:var(--soft);font-size:14px}
dd{margin:0 0 8px;font-weight:600}
code{padding:1px 5px;border-radius:5px;background:var(--sunk);font:14px ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"Liberation Mono",monospace}
pre{overflow-x:auto;margin:0 0 14px;padding:10px 14px;border-radius:8px;background:var(--sunk)}
pre code{padding:0}
.code{display:block;margin:0 0 14px;padding:14px;border:1px solid var(--line);font-size:28px;font-weight:700;letter-spacing:.08em;text-align:center}
.soft{color:var(--soft);font-size:14px}
.bad{padding:10px 14px;border-radius:8px;background:var(--bad-soft);color:var(--bad)}
button,.button{display:inline-block;padding:10px 18px;border:0;border-radius:8px;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media (max-width:480px){main{margin:0;border:0;border-radius:0;min-height:100vh;padding:20px 16px}button,.button{display:block;width:100%;text-align:center}}
`;

/** What lets this style in, and no other (CSP level 3, "hash-source"). */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
