// Evidence exports: the ledger, sealed recordings with their keys, and what the commitments stand for, in one signed
// folder that `sallyport verify` and an auditor's own tools check.

import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  readSeal,
  RecorderError,
  trustTextOf,
  writeExport,
  type ExportExtent,
  type Signer,
} from '../../recorder/index.ts'
import {
  agreementFault,
  exclusionsOf,
  overseenPlants,
  type Bundle,
  type PlantId,
  type SessionId,
} from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { Checkpoints } from './checkpoints.ts'
import { planExport, type ExportPlan } from './export-plan.ts'
import { readKeyHistory } from './ledger-keys.ts'
import type { Recordings } from './recordings.ts'
import { narrowLedger } from './narrowed-ledger.ts'
import { isNarrow, type Narrowing } from './narrowing.ts'
import { openPlaces } from './places.ts'
import { viewers, type ViewingGate } from './viewing.ts'

export interface Exports {
  /**
   * Makes an export in a temporary folder of the data folder. Empty `sessions` means every sealed recording that may leave
   * with this person; `keptBack` says how many may not. Who looks over some plants exports what is of these. `dispose`
   * removes it.
   * @param narrowed to plants, and to an agreement of handling.yaml by its id.
   * @throws GatewayError `viewing-refused`, `second-person-needed`, `not-agreed` for one that was asked for by name;
   *   `role-missing` for a plant the person does not look over; `not-found`, `agreement-unusable`
   */
  make(
    actor: Actor,
    sessions: readonly SessionId[],
    purpose: string,
    narrowed?: { readonly plants?: readonly string[] | undefined; readonly agreement?: string | undefined },
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
    { sessions, keptBack, leftOut, rules, viewings, shut }: Contents,
    known: ReadonlySet<string>,
    purpose: string,
    narrowing: Narrowing,
    current: Bundle,
  ) {
    const { plants, agreement } = narrowing
    const own = new Set<number>()
    const why = await store.change(async (tx) => {
      const size = await tx.evidence.size()
      const words = await tx.ledger.commit(purpose)
      const ids = sessions.map(({ id }) => id)
      for (let from = 0; from === 0 || from < ids.length; from += mostInEntry)
        own.add(
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
            ...(plants !== null && { plants }),
            ...(agreement !== null && { agreement: agreement.id }),
            ...(isNarrow(narrowing) && { leftOut: Object.fromEntries(leftOut) }),
          }),
        )
      return words
    })
    const checkpoint = await checkpoints.cosigned()
    const folder = await mkdtemp(join(scratch, 'export-'))
    const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true })
    try {
      const dir = join(folder, 'export')
      const places = openPlaces({ store, bundle: () => current })
      const narrowed = isNarrow(narrowing)
        ? await narrowLedger({ store, places, bundle: current }, narrowing, checkpoint.size, own)
        : null
      const isOpen = (name: string): boolean =>
        known.has(name) && !shut.has(name) && (narrowed === null || narrowed.opened.has(name))
      const disclosures = []
      for await (const { commitment, salt, value } of store.evidence.disclosures())
        if (commitment === why || isOpen(commitment))
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
            notCovered: notCoveredIn(current, narrowing),
          },
          ...(narrowed && { extent: extentOf(narrowing, [...leftOut, ...narrowed.leftOut], keptBack.length) }),
        },
        ledger: {
          entries:
            narrowed !== null && agreement !== null
              ? { excerpt: narrowed.excerpt() }
              : store.evidence.entries(checkpoint.size),
          checkpoint: Buffer.from(checkpoint.note),
          timestamps: agreement === null ? await timestampsUpTo(checkpoint.size) : [],
        },
        recordings: sessions.map(({ dir: held, key }) => ({ dir: held, ...(key !== null && { key }) })),
        disclosures,
      })
      const missing = [...leftOut.values()].reduce((sum, count) => sum + count, keptBack.length)
      return { dir, keptBack: missing, dispose }
    } catch (error) {
      await dispose()
      throw error
    }
  }

  const timestampsUpTo = async (size: number) =>
    (await store.timestamps.upTo(size)).map(({ size: of, authority, note, response }) => ({
      size: of,
      name: authority,
      note: Buffer.from(note),
      response,
    }))

  function narrowingFor(
    { person }: Actor,
    current: Bundle,
    {
      plants: named = [],
      agreement: id,
    }: { readonly plants?: readonly string[] | undefined; readonly agreement?: string | undefined },
  ): Narrowing {
    const theirs = overseenPlants(person, viewers)
    const unknown = named.find((plant) => !current.plants.has(plant as PlantId))
    if (unknown !== undefined) throw new GatewayError('not-found', `no plant \`${unknown}\``)
    const foreign = named.find((plant) => !(theirs?.includes(plant as PlantId) ?? true))
    if (foreign !== undefined)
      throw new GatewayError('role-missing', `this needs somebody who looks over plant \`${foreign}\``)
    const plants = named.length > 0 ? [...new Set(named as readonly PlantId[])].toSorted() : theirs
    if (id === undefined) return { plants, agreement: null }
    const agreement = current.handling.agreements?.find((one) => one.id === id)
    if (!agreement) throw new GatewayError('not-found', `no agreement \`${id}\` in handling.yaml`)
    const fault = agreementFault(agreement, clock.now())
    if (fault !== null) throw new GatewayError('agreement-unusable', fault)
    return { plants, agreement }
  }

  return {
    async trust() {
      const { keys, former } = await readKeyHistory(store.evidence, signer.vkey)
      return trustTextOf([...former, { origin, keys, end: null }])
    },
    async make(actor, asked, purpose, narrowed = {}) {
      const current = bundle()
      const narrowing = narrowingFor(actor, current, narrowed)
      // In this order, while others write: what is opened here is of sessions that the plan knows, and of entries that the
      // checkpoint holds.
      const known = await commitmentsNow()
      const { sessions: planned, ...plan } = await planExport({ store, gate, bundle: current }, actor, asked, narrowing)
      const releases: (() => void)[] = []
      try {
        const sessions = await readable(planned, asked.length > 0, releases)
        return await write(actor, { sessions, ...plan }, known, purpose, narrowing, current)
      } finally {
        for (const release of releases) release()
      }
    },
  }
}

/** What the scope does not cover, of what the export is of. Who gets it under an agreement learns of no plant and asset by it. */
function notCoveredIn(bundle: Bundle, { plants, agreement }: Narrowing): readonly string[] {
  const named = exclusionsOf(bundle, plants)
  if (agreement === null || named.length === 0) return named
  return [`exclusions from the scope: ${named.length}, not named under an agreement`]
}

/** What the header of a narrowed export says: never which. */
function extentOf(
  { plants, agreement }: Narrowing,
  leftOut: readonly (readonly [string, number])[],
  keptBack: number,
): ExportExtent {
  const all = keptBack === 0 ? leftOut : [...leftOut, ['recording kept back by how it is handled', keptBack] as const]
  return {
    agreement: agreement && {
      id: agreement.id,
      customer: agreement.customer,
      reference: agreement.reference,
      until: agreement.until,
    },
    entries: agreement === null ? 'all' : 'excerpt',
    leftOut: all.map(([why, count]) => ({ why, count })).toSorted((a, b) => (a.why < b.why ? -1 : 1)),
    plants: plants === null ? null : plants.toSorted(),
  }
}
