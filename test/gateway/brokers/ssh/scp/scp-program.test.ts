import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFlow } from '../../../../../gateway/brokers/broker.ts'
import { eventually } from '../../../../support/eventually.ts'
import { hasPart } from '../../../../support/parts.ts'
import { everySwitch, openProgramScene, permit, ruleFor, sha256, type ProgramScene } from './program-scene.ts'

let scene: ProgramScene
beforeEach(async () => {
  scene = await openProgramScene()
})
afterEach(() => scene.close())

const near = (name: string) => join(scene.folder, name)
const far = (name: string) => join(scene.far, name)

describe.runIf(hasPart('scp', 'sshd'))('scp through the gateway', () => {
  it('brings a file, whose digest is told, and records what the client sent', async () => {
    const content = randomBytes(700_000)
    await writeFile(near('a b.bin'), content)
    expect(await scene.run('scp', [near('a b.bin'), `gateway:${scene.far}`])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
    expect(await readFile(far('a b.bin'))).toEqual(content)
    expect(scene.crossed).toMatchObject([
      { program: 'scp', direction: 'in', path: far('a b.bin'), bytes: content.length, sha256: sha256(content) },
    ])
    const [record] = scene.records
    expect(Buffer.concat(record?.in ?? []).includes(content)).toBe(true)
    expect(record).toMatchObject({ exit: { code: 0 }, closed: true })
    expect(record?.events.at(-1)).toEqual({ event: 'started', command: `scp -d -t ${scene.far}` })
  })

  it('fetches a file, and keeps what the target sent', async () => {
    const content = randomBytes(700_000)
    await writeFile(far('x'), content)
    expect(await scene.run('scp', [`gateway:${far('x')}`, near('y')])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await readFile(near('y'))).toEqual(content)
    expect(scene.crossed).toMatchObject([{ direction: 'out', path: far('x'), sha256: sha256(content) }])
    expect(Buffer.concat(scene.records[0]?.out ?? []).includes(content)).toBe(true)
  })

  it('brings and fetches whole trees with their times and modes', async () => {
    await mkdir(near('tree/one/two'), { recursive: true })
    await writeFile(near('tree/one/two/deep.txt'), 'deep')
    await writeFile(near('tree/empty'), '')
    await utimes(near('tree/empty'), 1_600_000_000, 1_600_000_000)
    expect(await scene.run('scp', ['-r', '-p', near('tree'), `gateway:${far('new')}`])).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(await readFile(far('new/one/two/deep.txt'), 'utf8')).toBe('deep')
    expect((await stat(far('new/empty'))).mtimeMs).toBe(1_600_000_000_000)
    expect(scene.steps.map(({ step, path, refused }) => [step, path, refused])).toEqual([
      ['mkdir', far('new'), null],
      ['mkdir', far('new/one'), null],
      ['mkdir', far('new/one/two'), null],
    ])
    expect(await scene.run('scp', ['-r', '-p', `gateway:${far('new')}`, near('back')])).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(await readFile(near('back/one/two/deep.txt'), 'utf8')).toBe('deep')
    expect((await stat(near('back/empty'))).mtimeMs).toBe(1_600_000_000_000)
  })

  it('takes relative paths and `~` from the home of the account, as the target has it', async () => {
    // Nothing is written there: the refusal names the path.
    await writeFile(near('f'), 'content')
    for (const [given, path] of [
      ['', 'f'],
      ['~', 'f'],
      ['~/g', 'g'],
      ['./../../../../../../tmp/../' + homedir().slice(1) + '/h', 'h'],
    ])
      expect(await scene.run('scp', [near('f'), `gateway:${given}`])).toMatchObject({
        code: 1,
        stderr: `scp: no rule of the plant lets anybody write \`${homedir()}/${path}\`\n`,
      })
  })

  it('says in words of scp what may not be written, and goes on with the next file', async () => {
    scene.permission = permit(
      ruleFor([`${scene.far}/**`], { largest: 5 }),
      ruleFor([far('secret*')], { id: 'secrets', text: 'these are ours', allow: [], deny: ['write'] }),
    )
    await writeFile(near('secret.txt'), 'x')
    await writeFile(near('large'), 'larger')
    await writeFile(near('fine'), 'fine')
    const { code, stderr } = await scene.run('scp', [
      near('secret.txt'),
      near('large'),
      near('fine'),
      `gateway:${scene.far}`,
    ])
    expect(code).toBe(1)
    expect(stderr).toContain('scp: rule `secrets` forbids to write')
    expect(stderr).toContain('has 6 bytes: at most 5 may cross')
    expect(await readdir(scene.far)).toEqual(['fine'])
    expect(scene.steps.map(({ step, path, refused }) => [step, path, refused !== null])).toEqual([
      ['write', far('secret.txt'), true],
      ['write', far('large'), true],
    ])
  })

  it('leaves out of a tree what may not be read, and says so', async () => {
    await mkdir(far('tree/keys'), { recursive: true })
    await writeFile(far('tree/keys/key'), 'key')
    await writeFile(far('tree/open'), 'open')
    await writeFile(far('tree/shut'), 'shut')
    scene.permission = permit(
      ruleFor([`${scene.far}/**`]),
      ruleFor([far('tree/shut'), far('tree/keys/**')], { id: 'shut', text: 'shut', allow: [], deny: ['read', 'list'] }),
    )
    const { code, stderr } = await scene.run('scp', ['-r', `gateway:${far('tree')}`, near('got')])
    expect(code).toBe(1)
    expect(stderr).toContain('forbids to list')
    expect(stderr).toContain('forbids to read')
    expect(await readdir(near('got'))).toEqual(['open'])
    expect(Buffer.concat(scene.records[0]?.out ?? []).includes(Buffer.from('key\n'))).toBe(false)
  })

  it('follows no link to where nothing may be read or written', async () => {
    await mkdir(near('outside'))
    await writeFile(near('outside/secret'), 'secret')
    await mkdir(far('tree'))
    await symlink(near('outside'), far('tree/out'))
    await symlink(near('outside/secret'), far('tree/link'))
    await symlink(far('tree'), far('inner'))
    await writeFile(far('tree/fine'), 'fine')
    const fetched = await scene.run('scp', ['-r', `gateway:${far('inner')}`, near('got')])
    expect(fetched.code).toBe(1)
    expect(fetched.stderr).toContain(near('outside'))
    expect(await readdir(near('got'))).toEqual(['fine'])
    await writeFile(near('link'), 'changed')
    await writeFile(near('fine'), 'changed')
    const brought = await scene.run('scp', [near('link'), near('fine'), `gateway:${far('inner/')}`])
    expect(brought.code).toBe(1)
    expect(brought.stderr).toContain('is a link on the target')
    expect((await scene.run('scp', [near('link'), `gateway:${far('tree/link')}`])).stderr).toContain(
      'no rule of the plant',
    )
    expect((await scene.run('scp', [near('link'), `gateway:${far('tree/out/new')}`])).stderr).toContain(
      'no rule of the plant',
    )
    expect(await readFile(near('outside/secret'), 'utf8')).toBe('secret')
    expect(await readdir(near('outside'))).toEqual(['secret'])
    expect(await readFile(far('tree/fine'), 'utf8')).toBe('changed')
  })

  it('gives a file that was asked for by a link under the name that was asked for', async () => {
    await writeFile(far('log.3'), 'three')
    await symlink('log.3', far('current'))
    expect(await scene.run('scp', [`gateway:${far('current')}`, `${scene.folder}/`])).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(await readFile(near('current'), 'utf8')).toBe('three')
    expect(scene.crossed).toMatchObject([{ path: far('log.3') }])
  })

  it('takes what is scanned in whole, tells the user what it waits for, and writes it when it is released', async () => {
    scene.permission = permit(ruleFor([`${scene.far}/**`], { upload: 'scan', download: 'release' }))
    const seen: string[] = []
    scene.settled = async (content, tell) => {
      seen.push(...(await readdir(scene.far)))
      tell('waits for the scanner')
      return { kind: 'released', size: content.length, sha256: sha256(content) }
    }
    const content = randomBytes(900_000)
    await writeFile(near('f'), content)
    const brought = await scene.run('scp', ['-p', near('f'), `gateway:${far('g')}`])
    expect(brought).toMatchObject({ code: 0, stderr: '[sallyport] waits for the scanner\r\n' })
    expect(await readFile(far('g'))).toEqual(content)
    expect(seen).toEqual([])
    const fetched = await scene.run('scp', [`gateway:${far('g')}`, near('h')])
    expect(fetched.code).toBe(0)
    expect(await readFile(near('h'))).toEqual(content)
    expect(scene.takenIn.map(({ direction, path }) => [direction, path])).toEqual([
      ['in', far('g')],
      ['out', far('g')],
    ])
    expect(scene.delivered).toEqual([null, null])
    expect(scene.crossed).toEqual([])
  })

  it('writes nothing of what is held or refused, and says why', async () => {
    scene.permission = permit(ruleFor([`${scene.far}/**`], { upload: 'scan', download: 'scan' }))
    await writeFile(near('f'), 'EICAR')
    await writeFile(far('k'), 'key')
    scene.settled = () => Promise.resolve({ kind: 'refused', text: 'malware was found in it' })
    expect(await scene.run('scp', [near('f'), `gateway:${scene.far}`])).toMatchObject({
      code: 1,
      stderr: 'scp: malware was found in it\n',
    })
    scene.settled = () => Promise.resolve({ kind: 'held', text: 'it waits for a person of the plant' })
    const fetched = await scene.run('scp', [`gateway:${far('k')}`, near('k')])
    expect(fetched).toMatchObject({ code: 1, stderr: 'scp: it waits for a person of the plant\n' })
    expect(await readdir(scene.far)).toEqual(['k'])
    // That is the airlock's to keep.
    expect(scene.steps).toEqual([])
    await expect(stat(near('k'))).rejects.toThrow('ENOENT')
  })

  it('passes on what the target says', async () => {
    await mkdir(far('folder'))
    await writeFile(near('folder'), 'x')
    const brought = await scene.run('scp', [near('folder'), `gateway:${scene.far}`])
    expect(brought.code).toBe(1)
    expect(brought.stderr).toContain('Is a directory')
    const fetched = await scene.run('scp', [`gateway:${far('none')}`, near('x')])
    expect(fetched).toMatchObject({ code: 1, stderr: expect.stringContaining('No such file or directory') })
  })

  it.each([
    ['is not open for scp', () => (scene.features = ['sftp']), 'use sftp'],
    ['may not open anything now', () => (scene.barsFiles = 'the session is ending'), 'the session is ending'],
    [
      'has no files in its grant',
      () => (scene.permission = { granted: null, rules: [], declared: [] }),
      'granted without files',
    ],
  ])('refuses in words that scp shows where the session %s', async (_what, spoil, words) => {
    spoil()
    await writeFile(near('f'), 'x')
    const { code, stderr } = await scene.run('scp', [near('f'), `gateway:${scene.far}`])
    expect(code).not.toBe(0)
    expect(stderr).toContain(scene.features.includes('scp') ? words : 'no command of the client may run here')
    expect(await readdir(scene.far)).toEqual([])
  })

  it('lets who only looks fetch, and write nothing', async () => {
    scene.flow = { input: false, locked: false, held: false, why: 'only looking' }
    scene.permission = { ...scene.permission, granted: { allow: ['list', 'read'], paths: ['/**'] } }
    await writeFile(far('f'), 'seen')
    expect(await scene.run('scp', [`gateway:${far('f')}`, near('g')])).toMatchObject({ code: 0 })
    expect(await readFile(near('g'), 'utf8')).toBe('seen')
  })

  it('needs the switch for attributes where `-p` is given, and no bit that makes a program run as another is set without', async () => {
    const allow = everySwitch.filter((each) => each !== 'setstat')
    scene.permission = permit(ruleFor([`${scene.far}/**`], { allow }))
    await writeFile(near('f'), 'x', { mode: 0o755 })
    const refused = await scene.run('scp', ['-p', near('f'), `gateway:${scene.far}`])
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('leave out `-p`') })
    expect(await readdir(scene.far)).toEqual([])
    expect((await scene.run('scp', [near('f'), `gateway:${scene.far}`])).code).toBe(0)
  })

  it.each([
    ['its input is stopped', { input: false, locked: false, held: false, why: 'waits for somebody of the plant' }],
    ['its recording waits for room', { input: true, locked: false, held: true, why: 'the disk is full' }],
  ])('waits while %s, and loses nothing', async (_what, flow) => {
    scene.flow = flow
    const content = randomBytes(3_000_000)
    await writeFile(near('f'), content)
    const running = scene.run('scp', [near('f'), `gateway:${scene.far}`])
    const relay = await eventually('scp runs', () => [...scene.relays][0] ?? null)
    expect(await readdir(scene.far)).toEqual([])
    relay.flow(openFlow)
    await eventually('some of it is there', async () => (await readdir(scene.far)).includes('f') || null)
    relay.flow(flow)
    relay.flow(openFlow)
    expect(await running).toMatchObject({ code: 0, stderr: '' })
    expect(await readFile(far('f'))).toEqual(content)
    expect(scene.records[0]?.notices).toEqual([flow.why, 'the session goes on', flow.why, 'the session goes on'])
  })

  it.runIf(hasPart('pscp'))('serves PuTTY’s pscp by the same protocol', async () => {
    const content = randomBytes(100_000)
    await mkdir(near('tree'))
    await writeFile(near('tree/f'), content)
    expect((await scene.pscp('-r', '-p', near('tree'), `127.0.0.1:${scene.far}`)).code).toBe(0)
    expect(await readFile(far('tree/f'))).toEqual(content)
    expect((await scene.pscp(`127.0.0.1:${far('tree/f')}`, near('g'))).code).toBe(0)
    expect(await readFile(near('g'))).toEqual(content)
    scene.permission = permit(ruleFor([`${scene.far}/**`], { allow: ['list', 'read'] }))
    const refused = await scene.pscp(near('g'), `127.0.0.1:${scene.far}`)
    expect(refused.code).not.toBe(0)
    expect(refused.stdout + refused.stderr).toContain('no rule of the plant lets anybody write')
  })

  it('is cut with the reason in the middle of a file', async () => {
    scene.permission = permit(ruleFor([`${scene.far}/**`], { upload: 'scan' }))
    await writeFile(near('f'), 'x')
    const waits = Promise.withResolvers<void>()
    scene.settled = () => {
      waits.resolve()
      return new Promise(() => undefined)
    }
    const running = scene.run('scp', [near('f'), `gateway:${scene.far}`])
    await waits.promise
    const [relay] = scene.relays
    void relay?.cut('access was revoked', 255, 1_000)
    expect(await running).toMatchObject({ code: 1, stderr: expect.stringContaining('access was revoked') })
    expect(await readdir(scene.far)).toEqual([])
  })
})
