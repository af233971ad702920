// Backup and restore, on the gateway's own machine. What is in a backup and how it is checked is in backup/; the way from a
// broken machine to a running gateway is in docs/backup.md.

import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Command } from 'commander'
import type { KeptFile } from '../../backup/keys.ts'
import type { BackupCheck } from '../../backup/restore.ts'
import { addCommand, asList, type Context, type Invocation } from '../command.ts'
import { Failure, messageOf, misused } from '../failure.ts'
import { configFile, configOption, needConfig, withStore, type ConfigOptions } from '../local.ts'
import { plain, shown } from '../plain.ts'

interface BackupOptions extends ConfigOptions {
  readonly withKeys?: readonly string[]
}

interface RestoreOptions extends ConfigOptions {
  readonly identity?: string
  readonly keysTo?: string
  readonly check?: true
}

export function addBackupCommand(program: Command, invocation: Invocation): void {
  addCommand<BackupOptions>(program, invocation, {
    name: 'backup <folder>',
    summary: 'copy ledger, store and recordings to a folder',
    about:
      'Copies the store as it is at one instant, every recording and every file content the airlock keeps, while the gateway\n' +
      'runs, and reads the copy back: the whole ledger is made again from its entries. Into a folder that holds a backup it\n' +
      'adds what is new; the store is replaced in one step. What the ledger says was deleted goes from the backup, too. It is evidence.\n\n' +
      'The keys of the gateway are not in it, unless --with-keys names age recipients to encrypt them to. Without the\n' +
      'vault key the secrets in the store cannot be opened: keep it elsewhere.',
    examples: ['backup /mnt/backup/sallyport', 'backup /mnt/backup/sallyport --with-keys age1\u2026'],
    options: (command) =>
      configOption(command).option(
        '--with-keys <recipient>',
        'put the keys and the configuration in, encrypted to this age recipient (again: more)',
        asList,
      ),
    run: (context, options, [folder = '']) => backup(context, options, folder),
  })
}

export function addRestoreCommand(program: Command, invocation: Invocation): void {
  addCommand<RestoreOptions>(program, invocation, {
    name: 'restore <folder>',
    summary: 'check a backup, and restore it into an empty data folder',
    about:
      'Checks everything in a backup against what it says of itself, and only then writes it into the data folder of the\n' +
      'configuration, which must be empty. With --check nothing is written. Where more was signed than is in the backup, the\n' +
      'gateway will not start before `sallyport ledger declare-loss`; the answer says so.',
    examples: [
      'restore /mnt/backup/sallyport --check',
      'restore /mnt/backup/sallyport --config gateway.yaml --identity escrow.txt --keys-to recovered-keys',
    ],
    options: (command) =>
      configOption(command)
        .option('--identity <file>', 'age identity that opens the keys in the backup')
        .option('--keys-to <folder>', 'new folder for the other keys in the backup, with --identity')
        .option('--check', 'only check'),
    run: (context, options, [folder = '']) => restore(context, options, folder),
  })
}

async function backup(context: Context, options: BackupOptions, folder: string): Promise<void> {
  const file = configFile(context, options)
  const made = await withStore(context, options, async ({ config, store }) => {
    const [{ makeBackup }, { collectKeys }, { systemClock }, { version }] = await Promise.all([
      import('../../backup/make.ts'),
      import('../../backup/keys.ts'),
      import('../../clock.ts'),
      import('../../version.ts'),
    ])
    const { withKeys: recipients } = options
    const outcome = await makeBackup({
      dataFolder: config.dataFolder,
      target: folder,
      origin: config.evidence.origin,
      version,
      now: systemClock.now(),
      config:
        file === null
          ? null
          : createHash('sha256')
              .update(await readFile(file))
              .digest('hex'),
      keys: recipients === undefined ? null : { files: await collectKeys(config, file), recipients },
      isDeleted: async (session) => {
        const deleted = { types: ['recording.deleted'], session }
        return (await store.evidence.list(deleted, { limit: 1, before: null })).length > 0
      },
      isKept: (sha256) => store.keptFiles.has(sha256),
    }).catch((error: unknown) => {
      throw new Failure(`backup \`${folder}\`: ${messageOf(error)}: an earlier one there still stands`, {
        cause: error,
      })
    })
    if (outcome.kind === 'refused') throw new Failure(`backup \`${folder}\`: ${outcome.reason}: take another folder`)
    const { store: kept, recordings, files } = outcome.contents
    await store.change((tx) =>
      tx.ledger.append('ledger.backed_up', systemClock.now(), {
        entries: kept.entries,
        root: kept.root,
        recordings: recordings.count,
        files: files?.count ?? 0,
        bytes: kept.bytes + recordings.bytes + (files?.bytes ?? 0),
        withKeys: recipients !== undefined,
      }),
    )
    return outcome
  })
  const { contents, copied, vanished, damaged, files } = made
  const { store, recordings } = contents
  const answer = {
    folder,
    ...contents,
    copied,
    vanished,
    damaged,
    copiedFiles: files.copied,
    vanishedFiles: files.vanished,
  }
  const bytes = store.bytes + recordings.bytes + (contents.files?.bytes ?? 0)
  await context.output.answer(answer, () =>
    [
      shown`Backed up to ${folder}: ${store.entries} entries, root ${store.root}`,
      shown`  ${recordings.count} recordings (${copied} copied now), ${(bytes / 1e6).toFixed(1)} MB, read back`,
      ...(contents.files === undefined
        ? []
        : [shown`  ${contents.files.count} files the airlock keeps (${files.copied} copied now)`]),
      contents.keys === null
        ? '  without the keys of the gateway: keep them elsewhere, the vault key above all'
        : shown`  with the keys of the gateway, encrypted to ${contents.keys.recipients.length === 1 ? 'one recipient' : `${contents.keys.recipients.length} recipients`}`,
      ...damaged.map(
        ({ session, problems }) => shown`  recording ${session} is damaged on the gateway: ${problems.join('; ')}`,
      ),
      ...vanished.map(
        (session) =>
          shown`  recording ${session} is not on the gateway any more, and no entry says it was deleted: kept here`,
      ),
      ...files.vanished.map((sha256) => shown`  kept file ${sha256} is not on the gateway any more: kept here`),
    ].join('\n'),
  )
}

async function restore(context: Context, options: RestoreOptions, folder: string): Promise<void> {
  const { identity, keysTo, check } = options
  if (keysTo !== undefined && identity === undefined) throw misused('--keys-to: needs --identity, which opens them')
  const { checkBackup, restoreBackup, whatStandsIn } = await import('../../backup/restore.ts')
  const checked = await checkBackup(folder).catch((error: unknown) => {
    throw new Failure(`backup \`${folder}\`: ${messageOf(error)}: nothing was restored`, { cause: error })
  })
  const { backup: whole } = needWhole(checked, folder)
  const { contents } = whole
  const held = { createdAt: contents.createdAt, entries: contents.store.entries, recordings: contents.recordings.count }
  const what = shown`${held.entries} entries and ${held.recordings} recordings of \`${contents.origin}\`, made ${new Date(held.createdAt).toISOString()}`
  if (check === true) return context.output.answer({ folder, ...held, holds: true }, () => `Holds: ${what}`)
  const { config } = await needConfig(context, options)
  const { dataFolder } = config
  const standing = await whatStandsIn(dataFolder)
  if (standing !== null)
    throw new Failure(
      `data folder \`${dataFolder}\`: holds \`${standing}\`: empty it, or move it aside, and restore again`,
    )
  const keys = identity === undefined ? [] : await openKeys(folder, contents.keys?.file ?? null, identity)
  const { vaultField } = await import('../../backup/keys.ts')
  const vaultKey = keys.find(({ field }) => field === vaultField)?.content ?? null
  await restoreBackup(folder, whole, dataFolder, vaultKey).catch((error: unknown) => {
    throw new Failure(`data folder \`${dataFolder}\`: ${messageOf(error)}: empty it and restore again`, {
      cause: error,
    })
  })
  const others = keys.filter(({ field }) => field !== vaultField)
  const written = keysTo === undefined ? [] : await writeKeys(keysTo, others)
  const next = [
    ...(vaultKey === null ? [`put the vault key to ${join(dataFolder, 'vault.key')}, mode 600`] : []),
    'run `sallyport doctor`: it says whether more was signed than is in this backup',
    '`sallyport ledger declare-loss` if it was, and start the gateway',
  ]
  await context.output.answer({ dataFolder, ...held, vaultKey: vaultKey !== null, keys: written, next }, () =>
    [
      `Restored ${what}`,
      ...written.map(({ field, file }) => shown`  ${field}: ${file}`),
      ...next.map((step) => plain(`next: ${step}`)),
    ].join('\n'),
  )
}

function needWhole(checked: BackupCheck, folder: string): BackupCheck & { kind: 'whole' } {
  if (checked.kind === 'whole') return checked
  throw new Failure(`backup \`${folder}\`: does not hold: nothing was restored: take an earlier one`, {
    details: { code: 'backup-faulty', problems: checked.problems },
    lines: checked.problems.map((problem) => `- ${plain(problem)}`),
  })
}

async function openKeys(folder: string, file: string | null, identity: string): Promise<KeptFile[]> {
  if (file === null)
    throw new Failure(`backup \`${folder}\`: holds no keys: leave --identity out and put them there yourself`)
  const { unlock } = await import('../../backup/keys.ts')
  try {
    const lines = (await readFile(identity, 'utf8')).split('\n').map((line) => line.trim())
    return await unlock(
      await readFile(join(folder, file)),
      lines.filter((line) => line.startsWith('AGE-SECRET-KEY-1')),
    )
  } catch (error) {
    throw new Failure(`keys of the backup: ${messageOf(error)}: give the identity of one of their recipients`, {
      cause: error,
    })
  }
}

/** Each under a number and its own name: two fields may name files that are called alike. */
async function writeKeys(folder: string, keys: readonly KeptFile[]): Promise<{ field: string; file: string }[]> {
  const written: { field: string; file: string }[] = []
  try {
    await mkdir(folder, { mode: 0o700 })
    for (const [i, { field, path, content }] of keys.entries()) {
      const file = join(
        folder,
        `${String(i + 1).padStart(2, '0')}-${basename(path).replaceAll(/[^A-Za-z0-9._-]/g, '_')}`,
      )
      await writeFile(file, content, { mode: 0o600, flag: 'wx' })
      written.push({ field, file })
    }
  } catch (error) {
    throw new Failure(
      `--keys-to \`${folder}\`: ${messageOf(error)}: the store is restored; take a new folder and open the keys with \`age -d\``,
      {
        cause: error,
      },
    )
  }
  return written
}
