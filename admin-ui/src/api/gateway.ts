// The page's own client, wired to the browser: its fetch, its lock between tabs, and the way back to the login.

import { createClient } from './client.ts'

let signedOut: () => void = () => undefined

/** Says what happens when the login is over; set once, where the page is put together. */
export function onSignedOut(act: () => void): void {
  signedOut = act
}

export const client = createClient({
  fetch: (address, init) => window.fetch(address, init),
  // The lock exists in secure contexts only; a page served otherwise has one tab's caution and no more.
  exclusively: (work) => ('locks' in navigator ? navigator.locks.request('sallyport-login', () => work()) : work()),
  onSignedOut: () => signedOut(),
})
