// Declaring that entries of the ledger were lost, on the gateway's own machine, after a restore. What it does to the ledger
// is in evidence/loss.ts; the whole way from the backup to the running gateway in docs/backup.md.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Witness } from '../../../recorder/index.ts'
import type { GoneAgain } from '../../evidence/gone-again.ts'
import type { LossLook } from '../../evidence/loss.ts'
import type { Checkpoint } from '../../store/evidence.ts'
import { addCommand, asList, type Context, type Invocation } from '../command.ts'
import { codeOf, Failure, messageOf } from '../failure.ts'
import { configOption, startRefusal, withStore, type ConfigOptions, type Local } from '../local.ts'
import { shown } from '../plain.ts'

interface LossOptions extends ConfigOptions {
  readonly reason: string
  readonly reference: string
  readonly checkpoint?: readonly string[]
  readonly published?: string
}

export function addLossCommand(group: Command, invocation: Invocation): void {
  addCommand<LossOptions>(group, invocation, {
    name: 'declare-loss',
    summary: 'say that entries were lost, and go on under another name',
    about:
      'For a gateway that refuses to start because its store is older than what was signed of it: declares that the\n' +
      'entries in between are lost. The newest checkpoint that is known (beside the store, where checkpoints are published,\n' +
      'from witnesses, and from files given) is kept in the first new entry. The ledger goes on under its name and a number,\n' +
      'with all entries it holds, because witnesses and auditors must refuse a second ledger of the same name. Recordings\n' +
      'on disk whose entries were lost are kept and named anew; what the lost entries say was erased or deleted is so again,\n' +
      'where they are published.\n\n' +
      'Only while the gateway is stopped. Say in --reference where somebody else approved it. Afterwards set\n' +
      'evidence.origin to the new name and hand out the new trust file.',
    examples: [
      'ledger declare-loss --reason "disk of the gateway broke, backup of Sunday" --reference INC-204',
      'ledger declare-loss --checkpoint newest.txt --reason "store restored" --reference INC-204',
    ],
    options: (command) =>
      configOption(command)
        .requiredOption('--reason <text>', 'why, for the evidence')
        .requiredOption('--reference <text>', 'who approved it, or where that stands')
        .option(
          '--checkpoint <file>',
          'a newer checkpoint of this ledger, from an export or an auditor (again: more)',
          asList,
        )
        .option(
          '--published <folder>',
          'the published ledger, or a copy of it: what its lost entries say was erased or deleted is so again (else evidence.publishFolder)',
        ),
    run: declare,
  })
}

async function declare(context: Context, options: LossOptions): Promise<void> {
  const done = await withStore(context, options, (local) => declareOn(local, options))
  await context.output.answer(done, () =>
    [
      shown`Declared lost: entries ${done.from} to ${done.to - 1} of \`${done.previous}\`, with entry ${done.index}`,
      ...done.found.map((session) => shown`  recording ${session} found on disk and named anew`),
      ...done.unlisted.map(
        (session) =>
          shown`  recording ${session}: its person or grant was lost too: replay it from its folder, with a key`,
      ),
      ...done.doubtful.map(
        ({ session, why }) =>
          shown`  recording ${session} found on disk, and does not verify: ${why}: it is kept, look at it`,
      ),
      ...(done.gone.erased > 0 ? [shown`  ${done.gone.erased} values of personal data erased again`] : []),
      ...done.gone.deleted.map((session) => shown`  recording ${session} deleted again`),
      ...(done.unknown === null ? [] : [shown`  ${done.unknown}`]),
      shown`next: set evidence.origin to ${done.origin}, start the gateway, let every auditor and witness have the new`,
      '      trust file (`sallyport ledger trust`), and tell them what was lost',
    ].join('\n'),
  )
}

async function declareOn({ config, store }: Local, options: LossOptions) {
  const [{ readMaterial }, { checkpointCopies }, { lockFolder }, { systemClock }, loss, { readSigningKey }] =
    await Promise.all([
      import('../../material.ts'),
      import('../../data-folder.ts'),
      import('../../store/folder-lock.ts'),
      import('../../clock.ts'),
      import('../../evidence/loss.ts'),
      import('../../evidence/signing-key.ts'),
    ])
  const lock = lockOr(() => lockFolder(config.dataFolder))
  try {
    const read = await readMaterial(config, systemClock.now())
    if (read.kind === 'invalid') throw startRefusal(read.problems, 'the configuration')
    const { verifier, witnesses, outgoing } = read.material
    const ledger = { evidence: store.evidence, verifier, origin: config.evidence.origin }
    const copies = checkpointCopies(config)
    const last = await store.evidence.latestCheckpoint()
    const notes = [
      ...(last === null ? [] : [{ where: 'the store', note: last.note }]),
      ...(await readNotes(copies, true)),
      ...(await readNotes(options.checkpoint ?? [], false)),
    ]
    const ahead = last === null || witnesses.length === 0 ? [] : await askWitnesses(store, witnesses, last, outgoing.ca)
    const look = await loss.lookForLoss(ledger, notes, ahead)
    if (look.kind === 'problems') throw startRefusal(look.problems, 'the loss cannot be declared')
    if (look.kind === 'whole')
      throw new Failure(
        'nothing is known to be lost: the ledger holds all that was signed: start the gateway, or give a newer checkpoint with --checkpoint',
      )
    const origin = loss.nextOrigin(look.history, ledger.origin)
    const next = await readSigningKey(config.evidence.key, origin)
    if (next.kind === 'problem') throw new Failure(`evidence.key: ${next.found}: ${next.next}`)
    const [{ findRecordings }, { trustedKeysOf }] = await Promise.all([
      import('../../evidence/found-recordings.ts'),
      import('../../evidence/ledger-keys.ts'),
    ])
    const { recordings: found, doubtful } = await findRecordings({
      store,
      root: join(config.dataFolder, 'recordings'),
      signer: next.signer,
      verifiers: [verifier, next.verifier, ...trustedKeysOf(look.history).map((key) => key.verifier)],
      now: systemClock.now,
    })
    const { rowOfFound } = await import('../../evidence/found-rows.ts')
    const root = join(config.dataFolder, 'recordings')
    const made = await Promise.all(found.map((each) => rowOfFound(store, root, each)))
    const rows = made.filter((row) => row !== null)
    const { reason, reference } = options
    const again = await findGone(store, config, options.published ?? config.evidence.publishFolder ?? null, look)
    const gone = again.kind === 'known' ? again.gone : { erased: [], shown: [], deleted: [] }
    await removeRecordings(join(config.dataFolder, 'recordings'), gone)
    const at = { store, clock: systemClock, ledger, look, next, found, rows, gone }
    const done = await loss.declareLoss({ ...at, reason, reference })
    await copyOut(copies, done.checkpoint.note)
    return {
      index: done.index,
      previous: ledger.origin,
      origin,
      from: look.size,
      to: look.lost.size,
      found: found.map(({ session }) => session),
      unlisted: found.flatMap(({ session }, i) => (made[i] === null ? [session] : [])),
      gone: { erased: gone.erased.length, deleted: gone.deleted.map(({ session }) => session) },
      unknown: again.unknown,
      doubtful,
    }
  } finally {
    lock.release()
  }
}

/** What the lost entries say was erased or deleted. @throws Failure where the folder is not what was signed. */
async function findGone(
  store: Local['store'],
  config: Local['config'],
  folder: string | null,
  { lost, size }: Extract<LossLook, { kind: 'lost' }>,
) {
  const [{ lookForGone }, { readSigningKey }] = await Promise.all([
    import('../../evidence/gone-again.ts'),
    import('../../evidence/signing-key.ts'),
  ])
  const { key, origin } = config.evidence
  const own = await readSigningKey(key, origin)
  if (own.kind === 'problem') throw new Failure(`evidence.key: ${own.found}: ${own.next}`)
  try {
    return await lookForGone({
      store,
      folder,
      ledger: { evidence: store.evidence, verifier: own.verifier, origin },
      size,
      had: lost.size,
    })
  } catch (error) {
    throw new Failure(
      `published ledger \`${folder ?? ''}\`: ${messageOf(error)}: bring a whole copy of it with --published, or an empty folder to do without`,
      { cause: error },
    )
  }
}

/** Again after a crash: what is gone is gone. */
async function removeRecordings(root: string, { deleted }: GoneAgain): Promise<void> {
  if (deleted.length === 0) return
  const { removeFolder } = await import('../../evidence/removal.ts')
  for (const { session } of deleted) await removeFolder(root, session)
}

/** @param mayMiss a copy that is not there yet says nothing; a file that was given must be there. */
async function readNotes(paths: readonly string[], mayMiss: boolean): Promise<{ where: string; note: string }[]> {
  const notes: { where: string; note: string }[] = []
  for (const path of paths)
    try {
      notes.push({ where: `\`${path}\``, note: await readFile(path, 'utf8') })
    } catch (error) {
      if (mayMiss && codeOf(error) === 'ENOENT') continue
      throw new Failure(`checkpoint \`${path}\`: ${messageOf(error)}: let the gateway\u2019s user read it`, {
        cause: error,
      })
    }
  return notes
}

async function askWitnesses(
  store: Local['store'],
  witnesses: readonly Witness[],
  last: Checkpoint,
  ca: readonly string[] | null,
) {
  const [{ openWitnesses }, { openLog }] = await Promise.all([
    import('../../evidence/witnesses.ts'),
    import('../../log.ts'),
  ])
  return (await openWitnesses({ witnesses, evidence: store.evidence, log: openLog('silent'), ca }).cosign(last)).ahead
}

/** Where they cannot be written now, the start of the gateway does it: it knows what was declared. */
async function copyOut(copies: readonly string[], note: string): Promise<void> {
  const { placeDurably } = await import('../../backup/durable-copy.ts')
  for (const path of copies)
    try {
      await placeDurably(path, note)
    } catch (error) {
      throw new Failure(`checkpoint \`${path}\`: ${messageOf(error)}: the loss is declared; the next start copies it`, {
        cause: error,
      })
    }
}

function lockOr(take: () => { release(): void }): { release(): void } {
  try {
    return take()
  } catch (error) {
    throw new Failure(messageOf(error), { cause: error })
  }
}
