// What happens on one part of the gateway and must be known on another at once. In-process for one node; the same words
// travel through Redis when there are several.

import type { FileTransferId, GrantId, PersonId, SessionId } from '../../policy/index.ts'

export type Signal =
  /** Something that decisions rest on has changed: every living session is decided anew. */
  | { readonly kind: 'reevaluate'; readonly because: 'bundle' | 'world' | 'person' }
  | { readonly kind: 'grant-revoked'; readonly grant: GrantId; readonly reason: string }
  | { readonly kind: 'grant-extended'; readonly grant: GrantId; readonly until: number }
  /** A session's window ends soon, and who may extend it is to be asked. */
  | {
      readonly kind: 'extension-offered'
      readonly session: SessionId
      readonly grant: GrantId
      readonly until: number
    }
  /** Somebody suspended what these sessions work on or who works in them. Comes before their grants are revoked. */
  | { readonly kind: 'sessions-suspended'; readonly sessions: readonly SessionId[]; readonly why: string }
  /** A person has decided on a file in quarantine, for which clients may wait anywhere. */
  | {
      readonly kind: 'file-decided'
      readonly file: FileTransferId
      readonly outcome: 'released' | 'refused'
      readonly reason: string
    }
  | { readonly kind: 'person-disabled'; readonly person: PersonId }
  | {
      readonly kind: 'session-kill'
      readonly session: SessionId
      readonly by: PersonId
      readonly reason: string
      readonly at: number
      /** A safety engineer ends it at once, whatever its asset declares as safe. */
      readonly overrides?: boolean
    }

export interface Bus {
  /** Reaches every subscriber before it returns (one node) or within a second (several). */
  publish(signal: Signal): void
  subscribe(listener: (signal: Signal) => void): () => void
}

export function inProcessBus(): Bus {
  const listeners = new Set<(signal: Signal) => void>()
  return {
    publish: (signal) => {
      for (const listener of listeners) listener(signal)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
