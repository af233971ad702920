// Which ports a demo listens on: the usual ones where nobody has them, so that the address is easy to remember, and
// otherwise free ones, so that a second demo works too.

import { createServer } from 'node:net'

/** Both addresses a client may try for `localhost`. */
const loopback = ['127.0.0.1', '::1']
/** The machine has no such address, so nobody can be in the way there. */
const absent = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'])

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(absent.has(error.code ?? '')))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** The port, or 0 (any free one) where another program listens on it. */
export async function usualOrFree(port: number): Promise<number> {
  for (const host of loopback) if (!(await isFree(host, port))) return 0
  return port
}
