/** The same as the icon of the page. */
export function Logo() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#3d3fa8" />
      <path d="M7 25V12.5l2-1.8 2 1.8V25zM21 25V12.5l2-1.8 2 1.8V25z" fill="#fff" />
      <path d="M11 23.2 20.2 15" stroke="#ffc53d" strokeWidth="2.6" strokeLinecap="round" />
      <path d="M4 26.2h24" stroke="#8f91e8" strokeWidth="1.8" strokeLinecap="round" />
    </svg>
  );
}
