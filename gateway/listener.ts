// What every listener is to the rest of the gateway, whatever it speaks, and what is wrong when it cannot be bound.

import { systemCode, type StartProblem } from './start-problem.ts'

export interface Listener {
  /** The port it got, where 0 was asked for. */
  readonly port: number
  /** Takes no new connection and closes the present ones. */
  stop(): Promise<void>
}

export interface Place {
  readonly host: string
  readonly port: number
}

/**
 * Why an address of the configuration cannot be bound.
 * @throws the error itself when it says nothing about the address.
 */
export function bindProblem(section: 'ssh' | 'https', { host, port }: Place, error: unknown): StartProblem {
  const at = `port ${port} of \`${host}\``
  const code = systemCode(error)
  if (code === 'EADDRINUSE')
    return {
      field: `${section}.port`,
      found: `${at} is taken by another program`,
      next: `stop it, or set another port; \`ss -ltnp sport = :${port}\` names it`,
    }
  if (code === 'EACCES')
    return {
      field: `${section}.port`,
      found: `${at} is not allowed to this user`,
      next: 'ports below 1024 need CAP_NET_BIND_SERVICE: take a higher one',
    }
  if (['EADDRNOTAVAIL', 'EINVAL', 'EAFNOSUPPORT', 'ENOTFOUND', 'EAI_AGAIN', 'EAI_ADDRFAMILY'].includes(code))
    return {
      field: `${section}.host`,
      found: `this machine has no address \`${host}\` (${code})`,
      next: 'set it to one of its own, or 0.0.0.0 for all',
    }
  throw error
}
