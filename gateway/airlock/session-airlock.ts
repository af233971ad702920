// The airlock of one session: takes files in, one spool file each, and keeps as evidence what crossed and what was done to
// paths. What happens inside a file in quarantine is quarantined.ts's.

import type { FileTransferId } from '../../policy/index.ts'
import { mint } from '../clock.ts'
import type { SessionFacts } from '../sessions/facts.ts'
import type { NewFileTransfer } from '../store/file-transfers.ts'
import type { Airlock, CrossedFile, FileOffer, FileStep, HeldFile, TakenIn } from './airlock.ts'
import { holdFile, type Declared, type QuarantineDeps } from './quarantined.ts'
import { openRefusals } from './refusals.ts'
import { openSpool, type SpoolFile } from './spool.ts'

/** What a session is, for its airlock. */
export type AirlockFacts = Pick<SessionFacts, 'id' | 'grant' | 'person' | 'supplier' | 'asset' | 'plant' | 'labels'>

export interface SessionAirlock extends Airlock {
  /** The session is over: what is still being received or delivered breaks off. */
  close(): Promise<void>
}

export interface SessionAirlockDeps extends QuarantineDeps {
  /** Folder of the spool. */
  readonly spool: string
}

/** Files in quarantine that one session may have at a time. */
const mostAtOnce = 64
const overText = 'the session is over'
/** What is taken in has to have room for a little at least. */
const firstBytes = 64 * 1024

export function openSessionAirlock(deps: SessionAirlockDeps, facts: AirlockFacts, declared: Declared): SessionAirlock {
  const { store, clock, log, room } = deps
  const { id: session, asset, plant, labels } = facts
  const held = new Map<FileTransferId, HeldFile>()
  let opening = 0
  const over = new AbortController()

  const refusals = openRefusals(deps, { session, asset })

  async function stepped(step: FileStep): Promise<void> {
    const { program, step: what, path, to, refused: why } = step
    if (why !== null) return refusals.add(step, why)
    // What was read and written is told with the file; that names were listed changes nothing.
    if (what === 'list' || what === 'read' || what === 'write') return
    await store.change(async ({ ledger }) =>
      ledger.append('file.changed', clock.now(), {
        session,
        asset,
        program,
        path: await ledger.commit(path),
        to: to === null ? null : await ledger.commit(to),
        step: what,
      }),
    )
  }

  async function refuse({ program, direction, path }: FileOffer, text: string): Promise<TakenIn> {
    await stepped({ program, step: direction === 'in' ? 'write' : 'read', path, to: null, refused: text })
    return { kind: 'refused', text }
  }

  async function writeRequested(
    { program, direction, path, allowance }: FileOffer,
    at: number,
  ): Promise<NewFileTransfer> {
    const { rules, crossing, withoutVerdict, declaredOnly, releasedBy, retention } = allowance
    const { grant, person, supplier } = facts
    const id = mint.fileTransfer(at)
    const common = { session, grant, person, supplier, asset, plant, program, direction, path }
    const transfer = {
      id,
      ...common,
      crossing,
      withoutVerdict,
      declaredOnly,
      releasedBy,
      retention,
      rules,
      askedAt: at,
    }
    await store.change(async (tx) => {
      await tx.fileTransfers.insert(transfer)
      await tx.ledger.append('file.transfer_requested', at, {
        file: id,
        ...common,
        path: await tx.ledger.commit(path),
        labels: [...labels],
        rules: [...rules],
        crossing,
        withoutVerdict,
        declaredOnly,
      })
    })
    return transfer
  }

  async function takeIn(offer: FileOffer): Promise<TakenIn> {
    const noRoom = await room.take(firstBytes)
    if (noRoom !== null) return refuse(offer, noRoom)
    const transfer = await writeRequested(offer, clock.now())
    const { id } = transfer
    let spool: SpoolFile
    try {
      spool = await openSpool(deps.spool, id, { largest: offer.allowance.largest, room })
    } catch (err) {
      log.error({ err, sessionId: session, file: id }, 'File not taken in: the spool cannot be written')
      const at = clock.now()
      await store.change(async (tx) => {
        await tx.fileTransfers.step(id, ['receiving'], { state: 'refused', outcome: 'fault', endedAt: at })
        const blocked = { file: id, session, sha256: null, because: 'fault', by: null, reason: null } as const
        await tx.ledger.append('file.blocked', at, blocked)
      })
      return { kind: 'refused', text: 'the gateway cannot take it in at the moment: tell the plant' }
    }
    const file = holdFile(deps, {
      transfer,
      spool,
      declared,
      ended: over.signal,
      onOver: () => held.delete(id),
    })
    held.set(id, file)
    if (over.signal.aborted) {
      await file.abandon('the session ended')
      return { kind: 'refused', text: overText }
    }
    return { kind: 'open', file }
  }

  return {
    async takeIn(offer) {
      if (over.signal.aborted) return refuse(offer, overText)
      if (held.size + opening >= mostAtOnce)
        return refuse(offer, `${mostAtOnce} files are on their way already: more at a time are not taken in`)
      opening++
      try {
        return await takeIn(offer)
      } finally {
        opening--
      }
    },

    async crossed({ program, direction, path, allowance, bytes, sha256 }: CrossedFile) {
      await store.change(async ({ ledger }) =>
        ledger.append('file.crossed', clock.now(), {
          session,
          asset,
          plant,
          labels: [...labels],
          program,
          direction,
          path: await ledger.commit(path),
          rules: [...allowance.rules],
          bytes,
          sha256,
        }),
      )
    },

    stepped,

    async close() {
      over.abort()
      const left = [...held.values()]
      const ended = await Promise.allSettled([
        ...left.map((file) => file.abandon('the session ended')),
        refusals.close(),
      ])
      for (const each of ended)
        if (each.status === 'rejected')
          log.error({ err: each.reason as unknown, sessionId: session }, 'Evidence of files was not ended well')
    },
  }
}
