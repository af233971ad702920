// Evidence exports: the ledger, sealed recordings with their keys, and what the commitments stand for, in one signed
// folder that `sallyport verify` and an auditor's own tools check.

import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { trustText, writeExport, type Signer } from '../../recorder/index.ts'
import { exclusionsOf, type Bundle, type SessionId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Recordings } from './recordings.ts'

export interface Exports {
  /**
   * Makes an export in a temporary folder of the data folder. Empty `sessions` means every sealed recording.
   * `dispose` removes it.
   */
  make(
    actor: Actor,
    sessions: readonly SessionId[],
    purpose: string,
  ): Promise<{ readonly dir: string; dispose(): Promise<void> }>
  /** The trust file: origin and public keys. An auditor gets it on another way than the export. */
  trust(): string
}

export function openExports(deps: {
  readonly store: Store
  readonly recordings: Recordings
  readonly checkpoints: Checkpoints
  readonly bundle: () => Bundle
  readonly signer: Signer
  readonly origin: string
  /** Folder for exports in the making. */
  readonly scratch: string
  readonly clock: Clock
}): Exports {
  const { store, recordings, checkpoints, bundle, signer, origin, scratch, clock } = deps

  async function sealedSessions(asked: readonly SessionId[]): Promise<SessionId[]> {
    const found: SessionId[] = []
    if (asked.length > 0) {
      for (const id of new Set(asked)) {
        const session = await store.sessions.byId(id)
        if (!session) throw new GatewayError('not-found', `no session \`${id}\``)
        if (session.seal === null)
          throw new GatewayError('state-conflict', `session \`${id}\` is not sealed yet: export it when it has ended`)
        found.push(id)
      }
      return found
    }
    for (let before: string | null = null; ;) {
      const page = await store.sessions.list({ person: null, live: false }, { limit: 200, before })
      for (const session of page) if (session.seal !== null) found.push(session.id)
      const last = page.at(-1)
      if (!last) return found
      before = last.id
    }
  }

  return {
    trust: () => trustText(origin, [signer.vkey]),
    async make(actor, asked, purpose) {
      const sessions = await sealedSessions(asked)
      await store.change(async (tx) => {
        const size = await tx.evidence.size()
        const entry = { by: actor.person.id, sessions, size, purpose: await tx.ledger.commit(purpose) }
        await tx.ledger.append('evidence.exported', clock.now(), entry)
      })
      const checkpoint = await checkpoints.cosigned()
      const folder = await mkdtemp(join(scratch, 'export-'))
      const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true })
      try {
        const dir = join(folder, 'export')
        const current = bundle()
        const disclosures = []
        for await (const { commitment, salt, value } of store.evidence.disclosures())
          disclosures.push({ commitment: commitment as `sha256:${string}`, salt, value })
        const included = []
        for (const id of sessions) included.push({ dir: recordings.folderOf(id), key: await recordings.key(id) })
        await writeExport({
          out: dir,
          signer,
          header: {
            origin,
            createdAt: clock.now(),
            purpose,
            scope: {
              version: current.scope.version,
              covered: current.scope.statement,
              notCovered: exclusionsOf(current),
            },
          },
          ledger: { entries: store.evidence.entries(checkpoint.size), checkpoint: Buffer.from(checkpoint.note) },
          recordings: included,
          disclosures,
        })
        return { dir, dispose }
      } catch (error) {
        await dispose()
        throw error
      }
    },
  }
}
