// Where somebody goes after logging in. The address comes from the page's own URL, which anybody can compose.

/** The path to go on to, or `/`: only a path of this origin, never an address that leads elsewhere. */
export function safeNext(given: unknown): string {
  if (typeof given !== 'string' || !given.startsWith('/')) return '/'
  const base = 'https://origin.invalid'
  if (!URL.canParse(given, base)) return '/'
  const url = new URL(given, base)
  if (url.origin !== base || url.pathname.startsWith('//') || url.pathname === '/login') return '/'
  return `${url.pathname}${url.search}`
}
