// What an endpoint is not open for, by its features (policy/model/files.ts): shells and commands. Files are judged where they
// are carried.

import type { BrokeredSession } from '../broker.ts'

/** Why a shell (null) or a command may not be started there at all, or null where it may. */
export function closedTo(session: Pick<BrokeredSession, 'features'>, command: string | null): string | null {
  const open = session.features()
  if (command !== null)
    return open.includes('command')
      ? null
      : `this asset takes no commands: it is open for ${open.join(', ') || 'nothing'}`
  return open.includes('terminal') ? null : `this asset has no terminal: it is open for ${open.join(', ') || 'nothing'}`
}
