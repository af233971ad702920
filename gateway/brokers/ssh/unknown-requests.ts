// ssh2 refuses what it does not know (channel types, global and channel requests) by itself and tells nobody. A refusal
// is evidence, so this listens beside its message handlers and reports the names; the refusing stays with ssh2.

import type { Connection } from 'ssh2'
import { standBefore } from './message-handlers.ts'

const knownChannels = new Set(['session', 'direct-tcpip', 'direct-streamlocal@openssh.com'])
/** Of the channel requests, those that reach a listener of ours; `exit-*` and window changes are no features. */
const knownRequests = new Set([
  'env',
  'pty-req',
  'window-change',
  'x11-req',
  'signal',
  'auth-agent-req@openssh.com',
  'shell',
  'exec',
  'subsystem',
])
/** Keep-alives and announcements that ask for nothing. */
const knownGlobals = new Set([
  'tcpip-forward',
  'cancel-tcpip-forward',
  'streamlocal-forward@openssh.com',
  'cancel-streamlocal-forward@openssh.com',
  'no-more-sessions@openssh.com',
  'keepalive@openssh.com',
  'hostkeys-prove-00@openssh.com',
])

/** Calls `report` with the SSH name of everything asked for that ssh2 refuses silently. */
export function watchUnknown(connection: Connection, report: (feature: string) => void): void {
  const beside = (name: string, look: (args: unknown[]) => void): void =>
    standBefore(connection, name, (original) => (...args) => {
      look(args)
      original(...args)
    })
  beside('CHANNEL_OPEN', ([, info]) => {
    const type = (info as { type?: unknown }).type
    if (typeof type === 'string' && !knownChannels.has(type)) report(type)
  })
  beside('CHANNEL_REQUEST', ([, , type]) => {
    if (typeof type === 'string' && !knownRequests.has(type)) report(type)
  })
  beside('GLOBAL_REQUEST', ([, name]) => {
    if (typeof name === 'string' && !knownGlobals.has(name)) report(name)
  })
}
