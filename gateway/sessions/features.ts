// What a refused feature is called in the ledger. Names come from the client, so that anybody could write anything there
// in clear: those we know stand as they are, the others as `other` with the given name as a commitment.

/**
 * Channel types, requests and subsystems of RFC 4254 and of OpenSSH, and what the broker names itself. `exec`: a command
 * where none, or not this one, may be run. `shell`: a machine account asked for one. `channel`: one of any kind, while
 * nothing may be begun in the session: its escort is away, it is locked, it only observes.
 */
const known: ReadonlySet<string> = new Set([
  'auth-agent-req@openssh.com',
  'auth-agent@openssh.com',
  'break',
  'cancel-streamlocal-forward@openssh.com',
  'cancel-tcpip-forward',
  'channel',
  'channel-packet-size',
  'direct-streamlocal@openssh.com',
  'direct-tcpip',
  'env',
  'eow@openssh.com',
  'exec',
  'forwarded-streamlocal@openssh.com',
  'forwarded-tcpip',
  'hostkeys-00@openssh.com',
  'hostkeys-prove-00@openssh.com',
  'info@openssh.com',
  'shell',
  'streamlocal-forward@openssh.com',
  'subsystem:netconf',
  'subsystem:sftp',
  'tcpip-forward',
  'too-many-channels',
  'tun@openssh.com',
  'x11',
  'x11-req',
  'xon-xoff',
])
const subsystem = 'subsystem:'

export interface NamedFeature {
  /** Of the closed list, `subsystem:other` or `other`. */
  readonly feature: string
  /** What the client gave, to be committed to. */
  readonly detail: string | null
}

/** The name of a refused feature, safe to stand in clear; what else was given goes into `detail`. */
export function nameFeature(given: string, detail: string | null): NamedFeature {
  if (known.has(given)) return { feature: given, detail }
  const rest = given.startsWith(subsystem) ? given.slice(subsystem.length) : given
  return {
    feature: given.startsWith(subsystem) ? 'subsystem:other' : 'other',
    detail: detail === null ? rest : `${rest} ${detail}`,
  }
}
