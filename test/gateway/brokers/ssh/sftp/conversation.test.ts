import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openFlags, packetTypes, statusCodes } from '../../../../../gateway/guards/sftp/codes.ts'
import { packet, string, u32 } from '../../../../../gateway/guards/sftp/fields.ts'
import { readReply, type SftpReply } from '../../../../../gateway/guards/sftp/replies.ts'
import { writeRequest } from '../../../../../gateway/guards/sftp/requests.ts'
import { eventually } from '../../../../support/eventually.ts'
import { fileRule, openSftpScene, permissionOf, type SftpScene } from '../../../../support/sftp-scene.ts'

const { read, write, create, truncate, append, exclusive } = openFlags
const forWriting = write | create | truncate
const codeOf = (reply: SftpReply): number | string => (reply.kind === 'status' ? reply.code : reply.kind)
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('SFTP between a client and a real server', () => {
  let scene: SftpScene
  const at = (path: string): string => join(scene.folder, path)

  beforeEach(async () => {
    scene = await openSftpScene((folder) => [
      fileRule('in', [`${folder}/in/**`]),
      fileRule('looked-at', [`${folder}/looked-at/**`], { upload: 'scan', download: 'release' }),
      fileRule('home', [folder], { allow: ['list'] }),
      fileRule('keys', [`${folder}/**/keys/**`], { deny: ['read', 'write', 'rename', 'symlink'] }),
    ])
    for (const name of ['in', 'looked-at', 'elsewhere', 'in/keys']) await mkdir(at(name), { recursive: true })
    await writeFile(at('elsewhere/secret'), 'not yours')
  })
  afterEach(() => scene.close())

  async function open(path: string, flags: number): Promise<string> {
    const reply = await scene.ask({ kind: 'open', path, flags, attributes: {} })
    if (reply.kind !== 'handle') throw new Error(`not opened: ${JSON.stringify(reply)}`)
    return reply.handle
  }

  async function put(path: string, content: Buffer, flags = forWriting): Promise<SftpReply> {
    const handle = await open(path, flags)
    const sent = []
    for (let offset = 0; offset < content.length; offset += 32_768)
      sent.push(scene.ask({ kind: 'write', handle, offset, data: content.subarray(offset, offset + 32_768) }))
    await Promise.all(sent)
    return scene.ask({ kind: 'close', handle })
  }

  async function get(path: string): Promise<Buffer> {
    const handle = await open(path, read)
    const parts: Buffer[] = []
    for (let offset = 0; ;) {
      const reply = await scene.ask({ kind: 'read', handle, offset, length: 32_768 })
      if (reply.kind !== 'data') break
      parts.push(reply.data)
      offset += reply.data.length
    }
    await scene.ask({ kind: 'close', handle })
    return Buffer.concat(parts)
  }

  it('carries a file in and out again, and tells the digest of both', async () => {
    const content = randomBytes(200_000)
    expect(codeOf(await put('in/a', content))).toBe(statusCodes.ok)
    expect(sha256(await get('in/a'))).toBe(sha256(content))
    const told = scene.crossed.map(({ direction, path, bytes, sha256: digest }) => ({ direction, path, bytes, digest }))
    const one = { path: at('in/a'), bytes: 200_000, digest: sha256(content) }
    expect(told).toEqual([
      { direction: 'in', ...one },
      { direction: 'out', ...one },
    ])
  })

  it('asks the rules of now with every packet of what is open, and the flow of now with every change', async () => {
    await writeFile(at('in/a'), 'before')
    const [reading, writing] = [await open('in/a', read), await open('in/b', forWriting)]
    const look = () => scene.ask({ kind: 'read', handle: reading, offset: 0, length: 6 })
    const add = () => scene.ask({ kind: 'write', handle: writing, offset: 0, data: Buffer.from('after') })
    const rules = (change: Parameters<typeof fileRule>[2]) =>
      scene.setPermission(permissionOf([fileRule('in', [`${scene.folder}/in/**`], change)]))
    const codes = async () => [codeOf(await look()), codeOf(await add())]
    expect(await codes()).toEqual(['data', statusCodes.ok])
    rules({ deny: ['read'] })
    expect(await codes()).toEqual([statusCodes.permissionDenied, statusCodes.ok])
    rules({ allow: ['list', 'read'] })
    expect(await codes()).toEqual(['data', statusCodes.permissionDenied])
    rules({ upload: 'scan', download: 'release' })
    expect(await codes()).toEqual([statusCodes.permissionDenied, statusCodes.permissionDenied])
    rules({})
    expect(await codes()).toEqual(['data', statusCodes.ok])
    scene.setFlow({ input: false, why: 'paused' })
    expect(await codes()).toEqual(['data', statusCodes.permissionDenied])
    scene.setFlow({ input: true, why: null })
    expect(await codes()).toEqual(['data', statusCodes.ok])
  })

  it('tells no digest of a file that was only written at its end', async () => {
    await writeFile(at('in/a'), 'before ')
    await put('in/a', Buffer.from('after'), write | append)
    expect(await readFile(at('in/a'), 'utf8')).toBe('before after')
    expect(scene.crossed).toMatchObject([{ direction: 'in', bytes: 5, sha256: null }])
  })

  it.each([
    ['elsewhere/secret', 'outside of what is allowed'],
    ['in/../elsewhere/secret', 'outside, by dots'],
    ['in/out/secret', 'outside, by a link'],
    ['in/keys/id', 'denied'],
  ])('refuses %s: %s', async (path) => {
    await symlink('../elsewhere', at('in/out'))
    await writeFile(at('in/keys/id'), 'a key')
    const reply = await scene.ask({ kind: 'open', path, flags: read, attributes: {} })
    expect(codeOf(reply)).toBe(statusCodes.permissionDenied)
    expect(scene.steps).toMatchObject([{ step: 'read', refused: expect.stringMatching(/./) as string }])
    expect(scene.toTarget.some((frame) => frame.readUInt8(4) === packetTypes.open)).toBe(false)
  })

  it('opens the file a link leads to, where that is allowed, and by its own path', async () => {
    await writeFile(at('in/real'), 'content')
    await symlink('real', at('in/link'))
    expect((await get('in/link')).toString()).toBe('content')
    expect(scene.crossed).toMatchObject([{ path: at('in/real') }])
  })

  it('does not follow links that lead to each other for ever', async () => {
    await symlink('b', at('in/a'))
    await symlink('a', at('in/b'))
    expect(codeOf(await scene.ask({ kind: 'stat', path: 'in/a' }))).toBe(statusCodes.failure)
  })

  it('lists what may be listed and nothing else', async () => {
    const folder = await scene.ask({ kind: 'opendir', path: 'in' })
    expect(folder.kind).toBe('handle')
    expect(codeOf(await scene.ask({ kind: 'opendir', path: 'elsewhere' }))).toBe(statusCodes.permissionDenied)
    expect(codeOf(await scene.ask({ kind: 'stat', path: 'elsewhere/secret' }))).toBe(statusCodes.permissionDenied)
    // A path is answered as it was written where it may not be looked at.
    await symlink('/etc', at('in/etc'))
    const real = await scene.ask({ kind: 'realpath', path: 'in/etc/passwd' })
    expect(real.kind === 'name' && String(real.names[0]?.name)).toBe(at('in/etc/passwd'))
  })

  it('makes, renames and deletes, each with its evidence', async () => {
    expect(codeOf(await scene.ask({ kind: 'mkdir', path: 'in/new', attributes: {} }))).toBe(statusCodes.ok)
    await writeFile(at('in/new/a'), 'a')
    expect(codeOf(await scene.ask({ kind: 'posix-rename', from: 'in/new/a', to: 'in/b' }))).toBe(statusCodes.ok)
    expect(codeOf(await scene.ask({ kind: 'setstat', path: 'in/b', attributes: { permissions: 0o600 } }))).toBe(0)
    expect((await stat(at('in/b'))).mode & 0o777).toBe(0o600)
    expect(codeOf(await scene.ask({ kind: 'symlink', from: 'b', to: 'in/l' }))).toBe(statusCodes.ok)
    expect(codeOf(await scene.ask({ kind: 'remove', path: 'in/b' }))).toBe(statusCodes.ok)
    expect(codeOf(await scene.ask({ kind: 'rmdir', path: 'in/new' }))).toBe(statusCodes.ok)
    expect(scene.steps.map(({ step, refused }) => [step, refused])).toEqual(
      ['mkdir', 'rename', 'setstat', 'symlink', 'delete', 'rmdir'].map((step) => [step, null]),
    )
  })

  it('moves nothing to where it could be fetched more easily, nor past being looked at', async () => {
    await writeFile(at('looked-at/a'), 'a')
    await writeFile(at('in/b'), 'b')
    for (const kind of ['rename', 'posix-rename', 'hardlink'] as const) {
      expect(codeOf(await scene.ask({ kind, from: 'looked-at/a', to: 'in/a' }))).toBe(statusCodes.permissionDenied)
      expect(codeOf(await scene.ask({ kind, from: 'in/b', to: 'looked-at/b' }))).toBe(statusCodes.permissionDenied)
    }
    expect(codeOf(await scene.ask({ kind: 'symlink', from: '../elsewhere/secret', to: 'in/s' }))).toBe(3)
    expect(await readdir(at('in'))).toEqual(['b', 'keys'])
  })

  it('moves no folder in which something is under other rules', async () => {
    await mkdir(at('in/sub'))
    expect(codeOf(await scene.ask({ kind: 'rename', from: 'in/sub', to: 'in/other' }))).toBe(
      statusCodes.permissionDenied,
    )
    scene.setPermission(permissionOf([fileRule('all', [`${scene.folder}/in/**`])]))
    expect(codeOf(await scene.ask({ kind: 'rename', from: 'in/sub', to: 'in/other' }))).toBe(statusCodes.ok)
  })

  it('changes nothing while input is stopped, and goes on looking', async () => {
    await writeFile(at('in/a'), 'a')
    const handle = await open('in/a', write)
    scene.setFlow({ input: false, why: 'the escort has left' })
    expect(codeOf(await scene.ask({ kind: 'remove', path: 'in/a' }))).toBe(statusCodes.permissionDenied)
    expect(codeOf(await scene.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('b') }))).toBe(3)
    expect((await get('in/a')).toString()).toBe('a')
    expect(scene.told).toEqual(['the escort has left'])
  })

  it('does nothing on paths while the terminal beside it is locked', async () => {
    scene.setFlow({ locked: true })
    expect(codeOf(await scene.ask({ kind: 'stat', path: 'in' }))).toBe(statusCodes.permissionDenied)
  })

  it('brings a file that is looked at to the target when it was let go, and not before', async () => {
    const content = randomBytes(300_000)
    const letGo = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    scene.settleWith(async (kept) => {
      asked.resolve()
      await letGo.promise
      return { kind: 'released', size: kept.bytes().length, sha256: sha256(kept.bytes()) }
    })
    const closed = put('looked-at/a', content)
    await asked.promise
    expect(await readdir(at('looked-at'))).toEqual([])
    // Others are not kept waiting, and it is seen as the client left it.
    const seen = await scene.ask({ kind: 'stat', path: 'looked-at/a' })
    expect(seen.kind === 'attrs' && seen.attributes.size).toBe(300_000)
    letGo.resolve()
    expect(codeOf(await closed)).toBe(statusCodes.ok)
    expect(await readdir(at('looked-at'))).toEqual(['a'])
    expect(sha256(await readFile(at('looked-at/a')))).toBe(sha256(content))
    expect(scene.kept.map(({ end }) => end())).toEqual(['delivered: yes'])
  })

  it('keeps the mode of a file that it replaces, and the times that were asked for', async () => {
    await writeFile(at('looked-at/a'), 'old', { mode: 0o640 })
    const handle = await open('looked-at/a', forWriting)
    await scene.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('new') })
    const times = { access: 1_000_000, change: 2_000_000 }
    await scene.ask({ kind: 'fsetstat', handle, attributes: { times } })
    expect(codeOf(await scene.ask({ kind: 'close', handle }))).toBe(statusCodes.ok)
    const { mode, mtimeMs } = await stat(at('looked-at/a'))
    expect([mode & 0o777, mtimeMs, await readFile(at('looked-at/a'), 'utf8')]).toEqual([0o640, 2_000_000_000, 'new'])
  })

  it('takes in what is there before more is written to its end, so that the whole is looked at', async () => {
    await writeFile(at('looked-at/a'), 'first half, ')
    await put('looked-at/a', Buffer.from('second half'), write | append)
    expect(scene.kept.map((kept) => kept.bytes().toString())).toEqual(['first half, second half'])
    expect(await readFile(at('looked-at/a'), 'utf8')).toBe('first half, second half')
  })

  it('brings nothing that is held or refused, and says why', async () => {
    await writeFile(at('looked-at/a'), 'old')
    scene.settleWith(() => Promise.resolve({ kind: 'refused', text: 'malware was found in it' }))
    const reply = await put('looked-at/a', Buffer.from('bad'))
    expect(reply).toMatchObject({ kind: 'status', code: statusCodes.permissionDenied })
    expect(scene.told.at(-1)).toContain('malware was found in it')
    scene.settleWith(() => Promise.resolve({ kind: 'held', text: 'it waits for a person' }))
    expect(codeOf(await put('looked-at/b', Buffer.from('late')))).toBe(statusCodes.failure)
    expect(await readdir(at('looked-at'))).toEqual(['a'])
    expect(await readFile(at('looked-at/a'), 'utf8')).toBe('old')
  })

  it('brings nothing through a link that was put in its place while it was looked at', async () => {
    scene.settleWith(async (kept) => {
      await symlink('../elsewhere/secret', at('looked-at/a'))
      return { kind: 'released', size: kept.bytes().length, sha256: '' }
    })
    expect(codeOf(await put('looked-at/a', Buffer.from('over it')))).toBe(statusCodes.permissionDenied)
    expect(await readFile(at('elsewhere/secret'), 'utf8')).toBe('not yours')
    expect(scene.kept[0]?.end()).toContain('has become a link')
  })

  it('gives a file that is looked at when it was let go', async () => {
    const content = randomBytes(150_000)
    await writeFile(at('looked-at/a'), content)
    expect(sha256(await get('looked-at/a'))).toBe(sha256(content))
    expect(scene.kept.map(({ offer, end }) => [offer.direction, end()])).toEqual([['out', 'delivered: yes']])
    scene.settleWith(() => Promise.resolve({ kind: 'refused', text: 'its label says so' }))
    expect(codeOf(await scene.ask({ kind: 'open', path: 'looked-at/a', flags: read, attributes: {} }))).toBe(3)
  })

  it('links nothing that is under other rules by its new name, whichever of the two is the looser', async () => {
    for (const name of ['in', 'looked-at']) await writeFile(at(`${name}/a`), 'a')
    await writeFile(at('in/keys/k'), 'k')
    for (const kind of ['hardlink', 'symlink'] as const)
      for (const [from, to] of [
        ['looked-at/a', 'in/l'],
        ['in/a', 'looked-at/l'],
        ['in/keys/k', 'in/l'],
      ] as const)
        expect([kind, from, codeOf(await scene.ask({ kind, from: at(from), to }))]).toEqual([kind, from, 3])
    // The mere hard link of a file that may not be written would let it be written.
    scene.setPermission(
      permissionOf([
        fileRule('in', [`${scene.folder}/in/**`]),
        fileRule('kept', [`${scene.folder}/looked-at/**`], { allow: ['read', 'list', 'symlink', 'rename'] }),
      ]),
    )
    expect(codeOf(await scene.ask({ kind: 'hardlink', from: 'looked-at/a', to: 'in/l' }))).toBe(3)
    expect(codeOf(await scene.ask({ kind: 'rename', from: 'in/a', to: 'looked-at/b' }))).toBe(3)
    expect(await readdir(at('in'))).toEqual(['a', 'keys'])
    expect(codeOf(await scene.ask({ kind: 'hardlink', from: 'in/a', to: 'in/b' }))).toBe(0)
  })

  it('makes no link whose text goes up again from a name, which may be a link itself', async () => {
    await writeFile(at('in/b'), 'b')
    expect(codeOf(await scene.ask({ kind: 'symlink', from: 'deep/../b', to: 'in/l' }))).toBe(statusCodes.failure)
    expect(codeOf(await scene.ask({ kind: 'symlink', from: '../in/b', to: 'in/l' }))).toBe(statusCodes.ok)
  })

  it('sets no attributes by opening a file where setting them is not allowed', async () => {
    scene.setPermission(
      permissionOf([fileRule('all', [`${scene.folder}/**`], { allow: ['list', 'read', 'write'], upload: 'scan' })]),
    )
    await writeFile(at('in/old'), 'old', { mode: 0o640 })
    const asked = { permissions: 0o4755, times: { access: 1_000_000, change: 2_000_000 } }
    for (const path of ['in/old', 'in/new']) {
      const opened = await scene.ask({ kind: 'open', path, flags: forWriting, attributes: asked })
      if (opened.kind !== 'handle') throw new Error('not opened')
      expect(codeOf(await scene.ask({ kind: 'close', handle: opened.handle }))).toBe(0)
    }
    const [old, made] = [await stat(at('in/old')), await stat(at('in/new'))]
    expect([old.mode & 0o7777, made.mode & 0o7000]).toEqual([0o640, 0])
    expect(made.mtimeMs).toBeGreaterThan(2_000_000_000)
  })

  it('holds what is appended to the size that may pass, whatever its offset says', async () => {
    scene.setPermission(permissionOf([fileRule('in', [`${scene.folder}/in/**`], { largest: 10 })]))
    await writeFile(at('in/a'), '12345')
    const handle = await open('in/a', write | append)
    const add = () => scene.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('678') })
    expect([codeOf(await add()), codeOf(await add())]).toEqual([0, 3])
    expect(await readFile(at('in/a'), 'utf8')).toBe('12345678')
  })

  it('copies on the target no more than may be in a file, however little is said of how much', async () => {
    await writeFile(at('in/a'), 'x'.repeat(100))
    scene.setPermission(permissionOf([fileRule('in', [`${scene.folder}/in/**`], { largest: 100 })]))
    const [from, into] = [await open('in/a', read), await open('in/b', forWriting)]
    const copy = (position: number) =>
      scene.ask({ kind: 'copy-data', handle: from, offset: 0, length: 0, into, at: position }, { kind: 'done' })
    expect([codeOf(await copy(1)), codeOf(await copy(0))]).toEqual([3, 0])
    expect((await stat(at('in/b'))).size).toBe(100)
  })

  it('lets nobody at what it writes on the target before the file has its name', async () => {
    scene.setPermission(
      permissionOf([
        fileRule('in', [`${scene.folder}/in/**`]),
        fileRule('firmware', [`${scene.folder}/in/*.bin`], { upload: 'release' }),
      ]),
    )
    const name = 'in/.sallyport-fil-1'
    await writeFile(at(name), 'half')
    expect(codeOf(await scene.ask({ kind: 'open', path: name, flags: write, attributes: {} }))).toBe(3)
    expect(codeOf(await scene.ask({ kind: 'rename', from: name, to: 'in/x' }))).toBe(3)
    expect(codeOf(await scene.ask({ kind: 'symlink', from: '.sallyport-fil-1', to: 'in/x' }))).toBe(3)
    expect(codeOf(await scene.ask({ kind: 'remove', path: name }))).toBe(0)
  })

  it('writes over nothing that has come to be there, where the client asked for a file of its own', async () => {
    scene.settleWith(async (kept) => {
      await writeFile(at('looked-at/a'), 'somebody else’s')
      return { kind: 'released', size: kept.bytes().length, sha256: '' }
    })
    expect(codeOf(await put('looked-at/a', Buffer.from('mine'), forWriting | exclusive))).toBe(statusCodes.failure)
    expect(await readFile(at('looked-at/a'), 'utf8')).toBe('somebody else’s')
  })

  it('takes away what it was writing on the target when the channel ends, or says that it is left there', async () => {
    const names = async (): Promise<readonly string[]> => readdir(at('looked-at'))
    for (const tidies of [true, false]) {
      scene.holdWrites()
      void put(`looked-at/${tidies}`, randomBytes(100_000))
      await eventually('it is being written', async () =>
        (await names()).some((each) => each.startsWith('.sallyport-')),
      )
      const tidied = tidies ? scene.tidy(5_000) : Promise.resolve()
      if (tidies) scene.releaseWrites()
      await tidied
      await scene.abandon()
      const [end, left] = [scene.kept.at(-1)?.end() ?? '', await names()]
      expect(end).toContain('delivered: ')
      if (tidies) {
        expect(left).toEqual([])
        await scene.close()
        scene = await openSftpScene((folder) => [fileRule('all', [`${folder}/**`], { upload: 'scan' })])
        await mkdir(at('looked-at'))
      } else
        expect([left.length, end]).toEqual([1, expect.stringContaining(`left at \`${at('looked-at')}/${left[0]}\``)])
    }
  })

  it('abandons what was under way when the channel ends', async () => {
    await open('looked-at/a', forWriting)
    const handle = await open('in/a', forWriting)
    await scene.ask({ kind: 'write', handle, offset: 0, data: Buffer.from('half') })
    await scene.close()
    expect(scene.kept[0]?.end()).toMatch(/^abandoned/)
    expect(scene.crossed).toMatchObject([{ path: at('in/a'), bytes: 4, sha256: null }])
  })

  it('tells what crossed also where the channel ends before the target has answered the close', async () => {
    await writeFile(at('in/a'), 'all of it')
    const handle = await open('in/a', read)
    await scene.ask({ kind: 'read', handle, offset: 0, length: 100 })
    await scene.ask({ kind: 'read', handle, offset: 9, length: 100 })
    const isLast = () => scene.toTarget.at(-1)?.readUInt8(4) === packetTypes.close
    scene.send(writeRequest({ kind: 'close', id: 9_000, handle }))
    for (let turn = 0; turn < 50 && !isLast(); turn++) await Promise.resolve()
    expect(isLast()).toBe(true)
    await scene.abandon()
    expect(scene.crossed).toMatchObject([{ path: at('in/a'), direction: 'out', bytes: 9 }])
    expect(scene.events).toMatchObject([{ sftp: 'file', path: at('in/a'), size: 9 }])
  })

  it('ends the channel for a packet that is longer than any has to be', async () => {
    scene.send(Buffer.concat([u32(1 << 30), Buffer.from([packetTypes.write])]))
    expect(scene.ended()).toContain('a packet of 1073741824 bytes')
  })

  it('refuses a handle that it did not give', async () => {
    expect(codeOf(await scene.ask({ kind: 'read', handle: '\0\0\0\0', offset: 0, length: 10 }))).toBe(4)
  })

  it('answers what it does not know as not supported, and what it does not understand as a bad message', async () => {
    scene.send(packet(packetTypes.extended, u32(7), string('nobody@example.org')))
    scene.send(packet(99, u32(8), string('what is this')))
    scene.send(packet(packetTypes.stat, u32(9), string('in'), Buffer.from([0])))
    scene.send(packet(packetTypes.stat, u32(10), string(Buffer.from([0x66, 0xff]))))
    const before = scene.toTarget.length
    await scene.ask({ kind: 'limits' })
    const answers = scene.others.map((frame) => readReply(frame))
    expect(answers.map((reply) => [reply.id, codeOf(reply)])).toEqual([
      [7, statusCodes.unsupported],
      [8, statusCodes.unsupported],
      [9, statusCodes.badMessage],
      [10, statusCodes.badMessage],
    ])
    expect(scene.toTarget).toHaveLength(before)
    expect(scene.ended()).toBe(null)
  })
})
