// What a login certificate allows on its connection, beside what the grant does: the stricter of both holds. Words for
// whoever asked for more. Whether the certificate is good is identity's.

import type { LoginCertificate } from '../../identity/certificates/trust.ts'

type Bounds = Pick<LoginCertificate, 'command' | 'terminal' | 'forwarding'>

export type BoundCommand =
  | { readonly kind: 'run'; readonly command: string | null }
  | { readonly kind: 'refused'; readonly text: string }

/**
 * What a channel runs that asks for this command, or for a shell (null). Where the certificate names a command, that one
 * runs for a shell as well, as OpenSSH has it; another one that was asked for is refused, not exchanged in silence.
 */
export function boundCommand(bounds: Bounds | undefined, asked: string | null): BoundCommand {
  const only = bounds?.command ?? null
  if (only === null) return { kind: 'run', command: asked }
  if (asked === null || asked === only) return { kind: 'run', command: only }
  return { kind: 'refused', text: `your certificate allows the command \`${shown(only)}\` and no other` }
}

/** Why this subsystem may not be started, or null. `internal-sftp` is how OpenSSH names the file transfer as a command. */
export function subsystemBar(bounds: Bounds | undefined, name: string): string | null {
  const only = bounds?.command ?? null
  if (only === null || (only === 'internal-sftp' && name === 'sftp')) return null
  return `your certificate allows the command \`${shown(only)}\` and no other`
}

/** Why no terminal may be had, or null. */
export const terminalBar = (bounds: Bounds | undefined): string | null =>
  bounds === undefined || bounds.terminal ? null : 'your certificate allows no terminal (permit-pty)'

/** Why nothing may be forwarded, or null. A certificate for one command is for nothing beside it. */
export function forwardingBar(bounds: Bounds | undefined): string | null {
  if (bounds === undefined) return null
  if (bounds.command !== null) return `your certificate allows the command \`${shown(bounds.command)}\` and no other`
  return bounds.forwarding ? null : 'your certificate allows no forwarding (permit-port-forwarding)'
}

/** As a line of a terminal may hold it. */
function shown(command: string): string {
  const tame = command.replaceAll(/[^\u0020-\u007e]/g, '?')
  return tame.length > 120 ? `${tame.slice(0, 119)}…` : tame
}
