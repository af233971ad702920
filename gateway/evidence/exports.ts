// Evidence exports: the ledger, sealed recordings with their keys, and what the commitments stand for, in one signed
// folder that `sallyport verify` and an auditor's own tools check.

import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readSeal, RecorderError, trustTextOf, writeExport, type Signer } from '../../recorder/index.ts'
import { exclusionsOf, type Bundle, type SessionId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { Checkpoints } from './checkpoints.ts'
import { planExport, type ExportPlan } from './export-plan.ts'
import { readKeyHistory } from './ledger-keys.ts'
import type { Recordings } from './recordings.ts'
import type { ViewingGate } from './viewing.ts'

export interface Exports {
  /**
   * Makes an export in a temporary folder of the data folder. Empty `sessions` means every sealed recording that may leave
   * with this person; `keptBack` says how many may not. `dispose` removes it.
   * @throws GatewayError `viewing-refused`, `second-person-needed` for one that was asked for by name
   */
  make(
    actor: Actor,
    sessions: readonly SessionId[],
    purpose: string,
  ): Promise<{ readonly dir: string; readonly keptBack: number; dispose(): Promise<void> }>
  /** The trust file: origin and public keys. An auditor gets it on another way than the export. */
  trust(): Promise<string>
}

/** Sessions named in one entry of the ledger, which holds 65,535 bytes: an export of more takes several. */
const mostInEntry = 1_000

/** What an export is made of. */
type Contents = Omit<ExportPlan, 'sessions'> & {
  readonly sessions: readonly { readonly id: SessionId; readonly dir: string; readonly key: Uint8Array | null }[]
}

export function openExports(deps: {
  readonly store: Store
  readonly recordings: Recordings
  readonly gate: ViewingGate
  readonly checkpoints: Checkpoints
  readonly bundle: () => Bundle
  readonly signer: Signer
  readonly origin: string
  /** Folder for exports in the making. */
  readonly scratch: string
  readonly clock: Clock
  readonly log: Log
}): Exports {
  const { store, recordings, gate, checkpoints, bundle, signer, origin, scratch, clock, log } = deps

  async function commitmentsNow(): Promise<ReadonlySet<string>> {
    const names = new Set<string>()
    for await (const { commitment } of store.evidence.disclosures()) names.add(commitment)
    return names
  }

  /**
   * What can be read of them now, held until it is released, and their keys, where they may leave and can be opened. A
   * recording that is gone, has no readable seal, or whose copy is not what was put there, does not keep the others from
   * the auditor: whoever verifies is told that it is not there.
   * @param releases takes what releases each of them, also where this throws
   * @throws GatewayError `state-conflict`, `recording-away` for one that was asked for by name
   */
  async function readable(planned: ExportPlan['sessions'], byName: boolean, releases: (() => void)[]) {
    const found: { readonly id: SessionId; readonly dir: string; readonly key: Uint8Array | null }[] = []
    for (const { id, withKey } of planned) {
      try {
        await readSeal(recordings.folderOf(id))
        const { dir, release } = await recordings.hold(id)
        releases.push(release)
        found.push({ id, dir, key: withKey ? await keyOrNull(id) : null })
      } catch (err) {
        if (!(err instanceof RecorderError || err instanceof GatewayError)) throw err
        log.error({ err, sessionId: id }, 'A sealed recording is not there: it cannot be exported')
        if (!byName) continue
        const code = err instanceof GatewayError ? err.code : 'state-conflict'
        throw new GatewayError(code, `recording of session \`${id}\`: ${err.message}`)
      }
    }
    return found
  }

  async function keyOrNull(id: SessionId): Promise<Uint8Array | null> {
    try {
      return await recordings.key(id)
    } catch (err) {
      if (!(err instanceof RecorderError)) throw err
      log.error({ err, sessionId: id }, 'The key of a recording cannot be opened: it is exported without')
      return null
    }
  }

  /** @param known what stood for something when it was planned: values that were kept since are not given away. */
  async function write(
    actor: Actor,
    { sessions, keptBack, rules, viewings, shut }: Contents,
    known: ReadonlySet<string>,
    purpose: string,
  ) {
    const current = bundle()
    const why = await store.change(async (tx) => {
      const size = await tx.evidence.size()
      const words = await tx.ledger.commit(purpose)
      const ids = sessions.map(({ id }) => id)
      for (let from = 0; from === 0 || from < ids.length; from += mostInEntry)
        await tx.ledger.append('evidence.exported', clock.now(), {
          by: actor.person.id,
          sessions: ids.slice(from, from + mostInEntry),
          size,
          purpose: words,
          rules,
          bundle: current.digest,
          viewings,
          withoutKeys: sessions.filter(({ key }) => key === null).length,
          keptBack: keptBack.length,
        })
      return words
    })
    const checkpoint = await checkpoints.cosigned()
    const folder = await mkdtemp(join(scratch, 'export-'))
    const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true })
    try {
      const dir = join(folder, 'export')
      const disclosures = []
      for await (const { commitment, salt, value } of store.evidence.disclosures())
        if (commitment === why || (known.has(commitment) && !shut.has(commitment)))
          disclosures.push({ commitment: commitment as `sha256:${string}`, salt, value })
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
        ledger: {
          entries: store.evidence.entries(checkpoint.size),
          checkpoint: Buffer.from(checkpoint.note),
          timestamps: (await store.timestamps.upTo(checkpoint.size)).map(({ size, authority, note, response }) => ({
            size,
            name: authority,
            note: Buffer.from(note),
            response,
          })),
        },
        recordings: sessions.map(({ dir: held, key }) => ({ dir: held, ...(key !== null && { key }) })),
        disclosures,
      })
      return { dir, keptBack: keptBack.length, dispose }
    } catch (error) {
      await dispose()
      throw error
    }
  }

  return {
    async trust() {
      const { keys, former } = await readKeyHistory(store.evidence, signer.vkey)
      return trustTextOf([...former, { origin, keys, end: null }])
    },
    async make(actor, asked, purpose) {
      // In this order, while others write: what is opened here is of sessions that the plan knows, and of entries that the
      // checkpoint holds.
      const known = await commitmentsNow()
      const { sessions: planned, keptBack, rules, viewings, shut } = await planExport({ store, gate }, actor, asked)
      const releases: (() => void)[] = []
      try {
        const sessions = await readable(planned, asked.length > 0, releases)
        return await write(actor, { sessions, keptBack, rules, viewings, shut }, known, purpose)
      } finally {
        for (const release of releases) release()
      }
    },
  }
}
