// Sets the colour scheme before the first paint, so that a dark screen never flashes white. The application takes over
// from there. A file of its own because the Content-Security-Policy allows no inline script.
{
  const readKept = () => {
    try {
      return window.localStorage.getItem('mantine-color-scheme-value')
    } catch {
      // Storage may be switched off; the system's scheme serves then.
      return null
    }
  }
  const kept = readKept()
  const dark = kept === 'dark' || (kept !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
}
