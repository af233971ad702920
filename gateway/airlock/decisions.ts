// How a person of the plant lets a file go or refuses it. Whether they may is policy's to say; a no is kept as evidence.
// The client that waits, on whatever node, hears of it at once; where none does, it holds when the same content comes
// again.

import {
  fileReleaseFault,
  type FileReleaseFault,
  type FileTransferId,
  type Person,
  type World,
} from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { suspensionOfPerson } from '../access/suspensions.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredFileTransfer } from '../store/file-transfers.ts'
import type { Store } from '../store/store.ts'
import type { WaitingRoom } from './waiting-room.ts'

export interface FileDecisions {
  /** @throws GatewayError `not-found`, `policy-denied`, `state-conflict` */
  release(actor: Actor, id: FileTransferId, reason: string): Promise<StoredFileTransfer>
  /** @throws GatewayError `not-found`, `policy-denied`, `state-conflict` */
  refuse(actor: Actor, id: FileTransferId, reason: string): Promise<StoredFileTransfer>
  /** Why this person may not decide on it; null where they may, if it waits. */
  faultOf(person: Person, transfer: StoredFileTransfer): Promise<FileReleaseFault | null>
  /** Does the client wait for it at this moment? */
  isAwaited(id: FileTransferId): boolean
}

const faultText: Record<FileReleaseFault, string> = {
  'own-file': 'nobody decides on a file they carry themselves, or of a machine account they answer for',
  'own-supplier': 'nobody decides on a file of their own supplier',
  'role-missing': 'only who has one of the roles the rules name, for this plant, decides on this file',
  'account-disabled': 'the account is disabled, or under a suspension',
}

export function openFileDecisions(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly world: () => World
  readonly bus: Bus
  readonly waiting: Pick<WaitingRoom, 'isWaiting'>
}): FileDecisions {
  const { store, clock, world, bus, waiting } = deps

  async function faultOf(person: Person, transfer: StoredFileTransfer): Promise<FileReleaseFault | null> {
    const sender = await store.people.byId(transfer.person)
    if (sender === null) return 'role-missing'
    if (suspensionOfPerson(world().suspensions, person) !== null) return 'account-disabled'
    return fileReleaseFault(person, sender, transfer)
  }

  async function needDecider({ person }: Actor, id: FileTransferId): Promise<StoredFileTransfer> {
    const transfer = await store.fileTransfers.byId(id)
    if (transfer === null) throw new GatewayError('not-found', `no file \`${id}\``)
    const why = await faultOf(person, transfer)
    if (why === null) return transfer
    const entry = { file: id, session: transfer.session, by: person.id, why }
    await store.change((tx) => tx.ledger.append('file.release_refused', clock.now(), entry))
    throw new GatewayError('policy-denied', faultText[why])
  }

  async function decide(actor: Actor, id: FileTransferId, state: 'released' | 'refused', reason: string) {
    const { session, found } = await needDecider(actor, id)
    const by = actor.person.id
    const decided = await store.change(async (tx) => {
      const at = clock.now()
      const step = { state, outcome: 'person', decided: { by, at, reason } } as const
      const ends = state === 'refused' ? { ...step, endedAt: at } : step
      if (!(await tx.fileTransfers.step(id, ['waiting'], ends)))
        throw new GatewayError('state-conflict', `file \`${id}\` does not wait for anybody any more`)
      await tx.ledger.append(state === 'released' ? 'file.released' : 'file.blocked', at, {
        file: id,
        session,
        sha256: found?.sha256 ?? '',
        because: 'person',
        by,
        reason: await tx.ledger.commit(reason),
      })
      const stored = await tx.fileTransfers.byId(id)
      if (stored === null) throw new GatewayError('not-found', `no file \`${id}\``)
      return stored
    })
    bus.publish({ kind: 'file-decided', file: id, outcome: state, reason })
    return decided
  }

  return {
    release: (actor, id, reason) => decide(actor, id, 'released', reason),
    refuse: (actor, id, reason) => decide(actor, id, 'refused', reason),
    faultOf,
    isAwaited: waiting.isWaiting,
  }
}
