// Backups of a data folder as a gateway leaves it, without a gateway: what is copied, what is noticed, and that a restore
// gives back the same.

import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { lockUp, unlock, vaultField } from '../../../gateway/backup/keys.ts'
import { makeBackup, type BackupOutcome, type BackupPlan } from '../../../gateway/backup/make.ts'
import { checkBackup, restoreBackup } from '../../../gateway/backup/restore.ts'
import { makeLiveFolder, moveHome } from '../../../gateway/evidence/live-folders.ts'
import { copyStore, inspectStore } from '../../../gateway/store/store-copy.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../../gateway/store/store.ts'
import { signCheckpoint } from '../../../recorder/index.ts'
import {
  makeEscrow,
  openRecording,
  origin,
  sealedRecording,
  sessionA,
  sessionB,
  signer,
} from '../../recorder/sample.ts'
import { expectWholeLedger } from '../../support/ledger-root.ts'

let root: string
let dataFolder: string
let target: string
let store: Store
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sallyport-backup-'))
  dataFolder = join(root, 'data')
  target = join(root, 'backup')
  await mkdir(join(dataFolder, 'recordings'), { recursive: true })
  store = await openStore(openSqlite(join(dataFolder, 'store.sqlite')))
  await write(300)
  await sign()
})
afterEach(async () => {
  await store.close()
  await rm(root, { recursive: true })
})

const write = (count: number): Promise<void> =>
  store.change(async ({ ledger }) => {
    for (let i = 0; i < count; i++) await ledger.append('gateway.stopped', i, { reason: `no. ${i}` })
  })

async function sign(): Promise<void> {
  const size = await store.evidence.size()
  const signed = { origin, size, root: await store.evidence.root(size), extensions: [] }
  const note = signCheckpoint(signed, [signer]).toString('utf8')
  await store.bookkeep((tx) => tx.evidence.putCheckpoint({ size, at: 1, note }))
}

let made = 0
const plan = (change: Partial<BackupPlan> = {}): BackupPlan => ({
  dataFolder,
  target,
  origin,
  version: '1',
  now: 1_000 + made++,
  config: null,
  keys: null,
  isDeleted: () => Promise.resolve(false),
  isKept: () => Promise.resolve(false),
  ...change,
})

async function make(change: Partial<BackupPlan> = {}): Promise<BackupOutcome & { kind: 'made' }> {
  const outcome = await makeBackup(plan(change))
  if (outcome.kind !== 'made') throw new Error(outcome.reason)
  return outcome
}

const record = async (session: string) => sealedRecording(join(dataFolder, 'recordings'), await makeEscrow(), session)

async function restored(): Promise<string> {
  const checked = await checkBackup(target)
  if (checked.kind === 'faulty') throw new Error(checked.problems.join('; '))
  const to = join(root, 'restored')
  await restoreBackup(target, checked.backup, to, null)
  return to
}

/** Every file under a folder with its bytes. */
async function filesIn(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const item of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (item.isFile()) {
      const path = join(item.parentPath, item.name)
      found.set(path.slice(folder.length + 1), (await readFile(path)).toString('base64'))
    }
  return found
}

describe('a backup', () => {
  it('gives back ledger, state and recordings', async () => {
    await record(sessionA)
    await store.bookkeep((tx) => tx.credentials.put({ name: 'x', kind: 'password', sealed: Buffer.from('s') }, 1))
    const size = await store.evidence.size()
    const { contents, copied } = await make()
    expect(copied).toBe(1)
    expect(contents.store).toMatchObject({
      entries: size,
      root: Buffer.from(await store.evidence.root(size)).toString('base64'),
    })
    const to = await restored()
    expect(await filesIn(join(to, 'recordings'))).toEqual(await filesIn(join(dataFolder, 'recordings')))
    expect(await readFile(join(to, 'checkpoint'), 'utf8')).toBe((await store.evidence.latestCheckpoint())?.note)
    const again = await openStore(openSqlite(join(to, 'store.sqlite')))
    try {
      expect(await expectWholeLedger(again)).toBe(size)
      expect((await again.credentials.get('x'))?.name).toBe('x')
    } finally {
      await again.close()
    }
    for (const name of ['store.sqlite', 'checkpoint']) expect((await stat(join(to, name))).mode & 0o777).toBe(0o600)
  })

  it('is of one instant while others write', async () => {
    let isOver = false
    const writers = Array.from({ length: 5 }, async () => {
      while (!isOver)
        await store.change(async (tx) => {
          const count = Number(Buffer.from((await tx.credentials.get('n'))?.sealed ?? []).toString() || 0) + 1
          await tx.ledger.append('gateway.stopped', count, { reason: `count ${count}` })
          await tx.credentials.put({ name: 'n', kind: 'password', sealed: Buffer.from(String(count)) }, 1)
        })
    })
    for (let i = 0; i < 3; i++) expect((await make()).contents.store.entries).toBeGreaterThan(300)
    isOver = true
    await Promise.all(writers)
    const again = await openStore(openSqlite(join(await restored(), 'store.sqlite')))
    try {
      const size = await expectWholeLedger(again)
      // State and ledger are of the same instant: as many counts as entries that say so.
      expect(Number(Buffer.from((await again.credentials.get('n'))?.sealed ?? []).toString())).toBe(size - 300)
    } finally {
      await again.close()
    }
  })

  it('copies a sealed recording once, and one that lives each time', async () => {
    await record(sessionA)
    const living = await openRecording(join(dataFolder, 'recordings'), await makeEscrow(), { session: sessionB })
    const channel = living.openChannel({ kind: 'exec' })
    channel.data('out', Buffer.from('one'))
    expect((await make()).copied).toBe(2)
    channel.data('out', Buffer.from('two'))
    expect((await make()).copied).toBe(1)
    channel.close()
    await living.seal({ status: 'complete', reason: 'client' })
    expect((await make()).copied).toBe(1)
    expect((await make()).copied).toBe(0)
    expect(await filesIn(join(await restored(), 'recordings'))).toEqual(await filesIn(join(dataFolder, 'recordings')))
  })

  it('copies one that a worker writes from that worker’s folder, and nothing by way of a link', async () => {
    const root = join(dataFolder, 'recordings')
    const folder = await makeLiveFolder(root)
    const living = await openRecording(folder, await makeEscrow(), { session: sessionB })
    living.openChannel({ kind: 'exec' }).close()
    expect(await make()).toMatchObject({ copied: 1, vanished: [] })
    await living.seal({ status: 'complete', reason: 'client' })
    expect(moveHome(root, folder, sessionB)).toEqual({ kind: 'home' })
    expect(await make()).toMatchObject({ copied: 1, vanished: [] })
    expect(await filesIn(join(await restored(), 'recordings', sessionB))).toEqual(await filesIn(join(root, sessionB)))

    await mkdir(join(folder, sessionA))
    await symlink(join(dataFolder, 'vault.key'), join(folder, sessionA, 'manifest.json'))
    const { damaged } = await make()
    expect(damaged).toEqual([{ session: sessionA, problems: [expect.stringContaining('ELOOP')] }])
    expect(await readdir(join(target, 'recordings', sessionA))).toEqual([])
  })

  it('keeps one store and one list', async () => {
    await make()
    await write(2)
    const { contents } = await make()
    expect((await readdir(target)).filter((name) => /^(store|recordings)-/.test(name)).sort()).toEqual(
      [contents.recordings.file, contents.store.file].sort(),
    )
  })

  it('lets go of what was deleted by the rules, and of nothing else', async () => {
    await record(sessionA)
    await record(sessionB)
    await make()
    for (const session of [sessionA, sessionB]) await rm(join(dataFolder, 'recordings', session), { recursive: true })
    const { vanished, contents } = await make({ isDeleted: (session) => Promise.resolve(session === sessionB) })
    expect(vanished).toEqual([sessionA])
    expect(contents.recordings.count).toBe(0)
    expect(await readdir(join(target, 'recordings'))).toEqual([sessionA])
  })

  it('holds what the airlock keeps of files, each copied once, and lets go of what is kept no more', async () => {
    const [one, other] = ['1'.repeat(64), '2'.repeat(64)]
    const shelf = join(dataFolder, 'files')
    await mkdir(shelf)
    for (const name of [`${one}.age`, `${other}.age`, `.part-${one}`]) await writeFile(join(shelf, name), `of ${name}`)
    expect(await make()).toMatchObject({ contents: { files: { count: 2 } }, files: { copied: 2, vanished: [] } })
    const to = await restored()
    expect([...(await filesIn(join(to, 'files'))).keys()].sort()).toEqual([`${one}.age`, `${other}.age`])
    expect(await readFile(join(to, 'files', `${one}.age`), 'utf8')).toBe(`of ${one}.age`)
    await rm(shelf, { recursive: true })
    await mkdir(shelf)
    await writeFile(join(shelf, `${'3'.repeat(64)}.age`), 'three')
    const later = await make({ isKept: (sha256) => Promise.resolve(sha256 === other) })
    expect(later).toMatchObject({ contents: { files: { count: 1 } }, files: { copied: 1, vanished: [other] } })
    expect((await readdir(join(target, 'files'))).toSorted()).toEqual([`${other}.age`, `${'3'.repeat(64)}.age`])
    expect((await make()).files.copied).toBe(0)
  })

  it('tells a recording that is damaged where it came from', async () => {
    const { recording } = await record(sessionA)
    const stream = join(recording.dir, '0000.stream')
    const bytes = await readFile(stream)
    bytes[200] = (bytes[200] ?? 0) ^ 1
    await chmod(stream, 0o600)
    await writeFile(stream, bytes)
    expect((await make()).damaged).toEqual([{ session: sessionA, problems: ['channel 0 is not what was sealed'] }])
  })

  it('is not made of a store whose ledger does not hold', async () => {
    await store.close()
    const db = openSqlite(join(dataFolder, 'store.sqlite'))
    await db
      .updateTable('evidence')
      .set({ entry: Buffer.from('{}') })
      .where('idx', '=', 7)
      .execute()
    await db.destroy()
    await expect(makeBackup(plan())).rejects.toThrow('entry 7 of the ledger is missing or malformed')
    expect((await checkBackup(target)).kind).toBe('faulty')
    store = await openStore(openSqlite(join(dataFolder, 'store.sqlite')))
  })

  it('goes into no folder that holds something else, or another ledger', async () => {
    await make()
    expect(await makeBackup(plan({ origin: 'other.example/ledger' }))).toMatchObject({ kind: 'refused' })
    const home = join(root, 'home')
    await mkdir(home)
    await writeFile(join(home, 'letter.txt'), 'dear')
    expect(await makeBackup(plan({ target: home }))).toEqual({
      kind: 'refused',
      reason: 'is not empty and holds no backup: there is `letter.txt`',
    })
  })

  it('that broke off leaves the one before, and the next one goes on', async () => {
    await record(sessionA)
    await make()
    // As a run that died before its last step leaves it.
    await cp(join(dataFolder, 'store.sqlite'), join(target, 'store-999999.sqlite'))
    await writeFile(join(target, 'recordings-999999.jsonl.part'), '{"session":')
    expect((await checkBackup(target)).kind).toBe('whole')
    await make()
    expect((await checkBackup(target)).kind).toBe('whole')
  })
})

describe('a check before a restore', () => {
  it('finds every changed, missing or exchanged file', async () => {
    await record(sessionA)
    await mkdir(join(dataFolder, 'files'))
    await writeFile(join(dataFolder, 'files', `${'1'.repeat(64)}.age`), 'one')
    const recipient = await identityToRecipient(await generateX25519Identity())
    await make({
      keys: { files: [{ field: vaultField, path: 'vault.key', content: Buffer.from('k') }], recipients: [recipient] },
    })
    const whole = join(root, 'whole')
    await rename(target, whole)
    const names = [...(await filesIn(whole)).keys()].filter((name) => !name.startsWith('backup.lock'))
    expect(names.length).toBeGreaterThan(7)
    for (const name of names) {
      for (const how of ['changed', 'missing'] as const) {
        await rm(target, { recursive: true, force: true })
        await cp(whole, target, { recursive: true })
        const path = join(target, name)
        const bytes = await readFile(path)
        const at = Math.floor(bytes.length / 2)
        bytes[at] = (bytes[at] ?? 0) ^ 1
        if (how === 'missing') await rm(path)
        else await writeFile(path, bytes)
        const checked = await checkBackup(target).catch((error: unknown) => ({ kind: 'thrown' as const, error }))
        expect([name, how, checked.kind]).toEqual([name, how, 'faulty'])
      }
    }
  })
})

describe('the keys in a backup', () => {
  it('are opened by their recipients alone', async () => {
    const [identity, other] = [await generateX25519Identity(), await generateX25519Identity()]
    const files = [{ field: 'evidence.key', path: '/keys/evidence.key', content: Buffer.from([0, 255, 10]) }]
    const locked = await lockUp(files, [await identityToRecipient(identity)])
    expect(locked.toString('latin1')).not.toContain('evidence.key')
    expect(await unlock(locked, [identity])).toEqual(files)
    await expect(unlock(locked, [other])).rejects.toThrow('no identity given opens it')
  })
})

describe('the copy of a store', () => {
  it('holds nothing of what was erased', async () => {
    const secret = 'a name that was to be forgotten'
    const commitment = await store.change(async (tx) => {
      const name = await tx.ledger.commit(secret)
      await tx.ledger.append('gateway.stopped', 1, { reason: name })
      return name
    })
    await store.close()
    const db = openSqlite(join(dataFolder, 'store.sqlite'))
    await db.deleteFrom('disclosure').where('commitment', '=', commitment).execute()
    await db.destroy()
    const copy = join(root, 'copy.sqlite')
    await copyStore(join(dataFolder, 'store.sqlite'), copy)
    expect((await readFile(copy)).includes(secret)).toBe(false)
    expect(inspectStore(copy)).toMatchObject({ entries: 301, problems: [] })
    store = await openStore(openSqlite(join(dataFolder, 'store.sqlite')))
  })

  it('with a checkpoint of other entries is found', async () => {
    const note = signCheckpoint({ origin, size: 300, root: Buffer.alloc(32, 1), extensions: [] }, [signer]).toString(
      'utf8',
    )
    await store.bookkeep((tx) => tx.evidence.putCheckpoint({ size: 300, at: 1, note }))
    const copy = join(root, 'copy.sqlite')
    await copyStore(join(dataFolder, 'store.sqlite'), copy)
    expect(inspectStore(copy).problems).toEqual(['the checkpoint of 300 entries is not of these entries'])
  })
})
