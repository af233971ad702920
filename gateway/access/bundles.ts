// The bundle in force: which one it is, and that everybody asks the same. An activation is a row in the store; here it
// becomes what is decided by, at once and whole. Reads bundle folders too. Who may propose and activate is proposals.ts's.
//
// After a restart the latest activation in the store is in force, and not the configured folder: what two people put in
// force stays in force. The folder counts on the very first start, and later only as a proposal, or by
// `sallyport bundle activate --folder` of who has the machine.

import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { parseBundle, releaseBundle, safetyPath, showProblem, type Bundle, type Problem } from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import { mint, type Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { StartRefused } from '../start-problem.ts'
import type { Activation } from '../store/bundles.ts'
import type { Store } from '../store/store.ts'
import { writeActivation } from './activation.ts'
import type { Held, Shelf } from './bundle-shelf.ts'
import type { ScopeReview } from './scope-changes.ts'

export type LoadedBundle =
  | {
      readonly kind: 'ok'
      readonly bundle: Bundle
      readonly files: ReadonlyMap<string, string>
      readonly warnings: readonly Problem[]
    }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/** The largest file of a bundle is assets.csv, which the parser takes up to this; it is stricter with the others. */
const maxFileBytes = 64 * 1024 * 1024

/**
 * Reads and parses a bundle folder.
 * @throws when the folder cannot be read.
 */
export async function loadBundle(folder: string): Promise<LoadedBundle> {
  const { files, problems } = await readBundleFolder(folder)
  const parsed = parseBundle(files)
  if (parsed.kind === 'invalid') {
    // A file that is there and could not be taken is one problem, not a missing file besides.
    const untaken = new Set(problems.map(({ file }) => file))
    return { kind: 'invalid', problems: [...problems, ...parsed.problems.filter(({ file }) => !untaken.has(file))] }
  }
  if (problems.length > 0) return { kind: 'invalid', problems }
  return { kind: 'ok', bundle: parsed.bundle, files, warnings: parsed.warnings }
}

/**
 * The files of a bundle folder, unparsed, and what of it is no plain text file.
 * @throws when the folder cannot be read.
 */
export async function readBundleFolder(
  folder: string,
): Promise<{ readonly files: ReadonlyMap<string, string>; readonly problems: readonly Problem[] }> {
  const files = new Map<string, string>()
  const problems: Problem[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).split(sep).join('/')
    const problem = (reason: string): number => problems.push({ file: name, path: '', line: null, reason })
    if (!entry.isFile()) {
      problem('expected a plain file, got a link or device: copy the file here instead')
      continue
    }
    const bytes = await readFile(path)
    if (bytes.length > maxFileBytes) {
      problem(`expected at most ${maxFileBytes} bytes, got ${bytes.length}`)
      continue
    }
    try {
      files.set(name, new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      problem('expected UTF-8 text')
    }
  }
  return { files, problems }
}

export interface InForce {
  /** What is decided by, now. */
  bundle(): Bundle
  /** How it came to be so; null until the very first start has written it. */
  activation(): Activation | null
  /** Whether the configured folder holds another bundle than the one in force. */
  folderDiffers(): boolean
  /** At the start, once both addresses are bound: the first activation, or the proposal of a folder that differs. */
  settle(): Promise<void>
  /** Takes over an activation that was committed. One that is not newer than that in force changes nothing. */
  adopt(activation: Activation, held: Held): Promise<void>
  /** Looks whether another process has activated something. */
  refresh(): Promise<void>
}

export interface InForceDeps {
  readonly store: Store
  readonly shelf: Shelf
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  /** What waits for review: read anew with every activation. */
  readonly scope: Pick<ScopeReview, 'refresh'>
  /** The configured folder, read. */
  readonly folder: Extract<LoadedBundle, { kind: 'ok' }>
}

/**
 * Finds out what is in force. Writes nothing.
 * @throws StartRefused when what the store holds is not valid for this version of the gateway.
 */
export async function openInForce(deps: InForceDeps): Promise<InForce> {
  const { store, shelf, bus, clock, log, scope, folder } = deps
  const latest = await store.bundles.latest()
  let current: { readonly activation: Activation | null; readonly held: Held } = {
    activation: latest,
    held: latest === null ? shelf.keep(folder.bundle, folder.warnings) : await take(latest),
  }
  if (current.held.bundle.digest !== folder.bundle.digest) releaseBundle(folder.bundle)
  let previous: Held | null = null
  let unreadable = 0

  async function take(activation: Activation): Promise<Held> {
    const { digest } = activation
    if (digest === folder.bundle.digest) return shelf.keep(folder.bundle, folder.warnings)
    const stored = await store.bundles.byDigest(digest)
    if (!stored) throw new Error(`bundle \`${digest}\`: activated, and its files are not in the store`)
    return needValid(shelf, stored.files, digest)
  }

  async function adopt(activation: Activation, held: Held): Promise<void> {
    // First what is held back, then what lets through: in between both are strict.
    await scope.refresh()
    if (current.activation !== null && activation.seq <= current.activation.seq) {
      held.giveBack()
      return
    }
    // A decision under way may still look at the one before; it is let go with the next change.
    previous?.giveBack()
    previous = current.held
    current = { activation, held }
    bus.publish({ kind: 'reevaluate', because: 'bundle' })
    log.info({ bundle: activation.digest, kind: activation.kind }, 'Bundle in force changed')
  }

  const folderDiffers = (): boolean => current.held.bundle.digest !== folder.bundle.digest

  /** A folder that was never in force and never proposed becomes a proposal by nobody; older ones of that kind go. */
  async function proposeFolder(): Promise<void> {
    const { digest, scope } = folder.bundle
    log.warn(
      { folder: digest, inForce: current.held.bundle.digest },
      'Bundle folder is not in force: activate its proposal, or run sallyport bundle activate --folder',
    )
    if ((await store.bundles.byDigest(digest)) !== null) return
    const open = await store.proposals.list({ state: 'open' }, { limit: 200, before: null })
    const all = await store.proposals.list({ state: null }, { limit: 200, before: null })
    if (all.some((one) => one.digest === digest)) return
    const now = clock.now()
    await store.change(async (tx) => {
      for (const { id, by, digest: bundle } of open) {
        if (by !== null) continue
        const reason = 'the folder holds another bundle now'
        await tx.proposals.decide(id, { state: 'withdrawn', by: null, at: now, reason })
        const entry = {
          proposal: id,
          bundle,
          kind: 'withdrawn',
          by: null,
          reason: await tx.ledger.commit(reason),
        } as const
        await tx.ledger.append('policy.rejected', now, entry)
      }
      const id = mint.proposal(now)
      const base = current.held.bundle.digest
      const comment = 'found in the bundle folder when the gateway started'
      const proposal = { id, digest, base, scopeVersion: scope.version, by: null, at: now, comment } as const
      await tx.proposals.insert(
        { ...proposal, state: 'open', decidedBy: null, decidedAt: null, reason: null, change: null, rollback: null },
        folder.files,
      )
      await tx.ledger.append('policy.proposed', now, {
        proposal: id,
        bundle: digest,
        base,
        scopeVersion: scope.version,
        by: null,
        comment: await tx.ledger.commit(comment),
        rebased: false,
        change: null,
        rollback: null,
        safetyTouches: safetyPath(current.held.bundle, folder.bundle).touches.count,
      })
    })
  }

  return {
    bundle: () => current.held.bundle,
    activation: () => current.activation,
    folderDiffers,
    adopt,
    async settle() {
      if (current.activation !== null) {
        if (folderDiffers()) await proposeFolder()
        return
      }
      const { held } = current
      const activation = await store.change((tx) =>
        writeActivation(tx, {
          from: null,
          to: held.bundle,
          files: folder.files,
          at: clock.now(),
          kind: 'start',
          proposal: null,
          proposer: null,
          activator: null,
          reason: null,
          effects: null,
        }),
      )
      current = { activation, held }
    },
    async refresh() {
      const found = await store.bundles.latest()
      if (!found || found.seq === current.activation?.seq || found.seq === unreadable) return
      try {
        await adopt(found, await take(found))
      } catch (err) {
        // Written by a process of another version: what is in force here goes on, and it is said once.
        unreadable = found.seq
        log.error({ err, bundle: found.digest }, 'Bundle activated elsewhere is not valid here; the one before stays')
      }
    },
  }
}

async function needValid(shelf: Shelf, files: ReadonlyMap<string, string>, digest: string): Promise<Held> {
  const taken = await shelf.take(files, digest)
  if (taken.kind === 'ok') return taken
  throw new StartRefused(
    taken.problems.map((problem) => ({
      field: 'bundle in force',
      found: showProblem(problem),
      next: 'mend it in the bundle folder and run `sallyport bundle activate --folder`',
    })),
  )
}
