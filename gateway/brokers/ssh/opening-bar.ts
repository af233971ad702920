// Between asking the target for a channel and starting something on it lies the target's answer, which may take as long
// as the target likes. What may be opened is therefore asked once more in the very call that sends a shell or a command:
// ssh2 (1.17, lib/client.js, reqShell and reqExec) sends it as soon as the channel is confirmed, and asks nobody.

import type { Client } from 'ssh2'

/** Why a shell (null) or a command may not be opened now, or null where it may. */
export type Bar = (command: string | null) => string | null

/** What the callback of `shell` or `exec` gets where the bar held it back: nothing of it was sent. */
export class BarredOpening extends Error {}

type Shell = (channel: number, wantReply: boolean) => void
type Exec = (channel: number, command: string, wantReply: boolean) => void
type Subsystem = (channel: number, name: string, wantReply: boolean) => void

interface Opening {
  readonly outgoing: { readonly id: number }
  _callbacks: ((error: Error) => void)[]
  close(): void
}
interface Inside {
  readonly _protocol?: { shell?: Shell; exec?: Exec; subsystem?: Subsystem }
  readonly _chanMgr?: { readonly _channels?: Readonly<Record<number, unknown>> }
}

/**
 * Has the bar asked before each shell and command leaves for the target, and before each subsystem the one of files.
 * @throws when this ssh2 sends them elsewhere; nothing must be opened on the connection then.
 */
export function holdOpenings(target: Client, bar: Bar, barsFiles: () => string | null = () => bar(null)): void {
  const { _protocol: protocol, _chanMgr: manager } = target as unknown as Inside
  const channels = manager?._channels
  if (!protocol?.shell || !protocol.exec || !protocol.subsystem || !channels)
    throw new Error('ssh2 starts shells and commands elsewhere than in 1.17')
  const [shell, exec] = [protocol.shell.bind(protocol), protocol.exec.bind(protocol)]
  const subsystem = protocol.subsystem.bind(protocol)

  function isHeld(id: number, text: string | null): boolean {
    if (text === null) return false
    const opening = Object.values(channels ?? {}).find(
      (one): one is Opening => (one as Partial<Opening>).outgoing?.id === id,
    )
    // Whoever sends the request has just put the callback for its answer there.
    const waiting = opening?._callbacks ?? []
    if (opening) {
      opening._callbacks = []
      opening.close()
    }
    for (const answer of waiting) answer(new BarredOpening(text))
    return true
  }

  protocol.shell = (id, wantReply) => {
    if (!isHeld(id, bar(null))) shell(id, wantReply)
  }
  protocol.exec = (id, command, wantReply) => {
    if (!isHeld(id, bar(command))) exec(id, command, wantReply)
  }
  protocol.subsystem = (id, name, wantReply) => {
    if (!isHeld(id, barsFiles())) subsystem(id, name, wantReply)
  }
}
