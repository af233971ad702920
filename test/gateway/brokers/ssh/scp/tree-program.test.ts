import { randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { chmod, link, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasPart, partPath } from '../../../../support/parts.ts'
import { everySwitch, openProgramScene, permit, ruleFor, type ProgramScene } from './program-scene.ts'

let scene: ProgramScene
beforeEach(async () => {
  scene = await openProgramScene()
})
afterEach(() => scene.close())

const near = (name: string) => join(scene.folder, name)
const far = (name: string) => join(scene.far, name)
const rsync = (...words: string[]) => scene.run('rsync', words)
const onTarget = () =>
  scene.records
    .flatMap(({ events }) => events)
    .flatMap((event) =>
      'event' in event && event.event === 'started' && 'command' in event ? [String(event.command)] : [],
    )

describe.runIf(hasPart('rsync', 'sshd'))('rsync through the gateway', () => {
  it('brings and fetches trees, and sends only what changed the second time', async () => {
    const content = randomBytes(1_500_000)
    await mkdir(near('tree/sub dir'), { recursive: true })
    await writeFile(near('tree/sub dir/big'), content)
    expect(await rsync('-a', '--partial', near('tree/'), `gateway:${far('new tree')}`)).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
    expect(await readFile(far('new tree/sub dir/big'))).toEqual(content)
    expect(scene.crossed).toMatchObject([{ program: 'rsync', direction: 'in', path: far('new tree'), sha256: null }])
    expect(scene.crossed[0]?.bytes).toBeGreaterThan(content.length)

    content.set(randomBytes(16), 700_000)
    await writeFile(near('tree/sub dir/big'), content)
    expect((await rsync('-a', '--ignore-times', near('tree/'), `gateway:${far('new tree')}`)).code).toBe(0)
    expect(await readFile(far('new tree/sub dir/big'))).toEqual(content)
    expect(scene.crossed[1]?.bytes).toBeLessThan(content.length / 10)

    expect(await rsync('-a', `gateway:${far('new tree')}/`, near('back'))).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await readFile(near('back/sub dir/big'))).toEqual(content)
    expect(scene.crossed[2]).toMatchObject({ direction: 'out', path: far('new tree') })
    expect(onTarget()[0]).toBe(
      `rsync --server -logDtpre.iLsfxCIvu --partial --no-devices --no-specials --max-size=${Number.MAX_SAFE_INTEGER} . '${far('new tree')}'`,
    )
  })

  it('keeps the difference between a folder and what is in it', async () => {
    await mkdir(far('tree'))
    await writeFile(far('tree/f'), 'f')
    expect((await rsync('-r', `gateway:${far('tree')}`, near('with'))).code).toBe(0)
    expect((await rsync('-r', `gateway:${far('tree')}/`, near('within'))).code).toBe(0)
    expect(await readdir(near('with'))).toEqual(['tree'])
    expect(await readdir(near('within'))).toEqual(['f'])
  })

  it('deletes only where deleting is allowed', async () => {
    await mkdir(near('tree'))
    await mkdir(far('tree'))
    await writeFile(far('tree/old'), 'old')
    scene.permission = permit(ruleFor([`${scene.far}/**`], { allow: everySwitch.filter((each) => each !== 'delete') }))
    const refused = await rsync('-r', '--delete', near('tree/'), `gateway:${far('tree')}`)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('leave out `--delete`')
    expect(await readdir(far('tree'))).toEqual(['old'])
    expect(scene.steps).toMatchObject([{ program: 'rsync', step: 'delete', path: far('tree') }])
    scene.permission = permit(ruleFor([`${scene.far}/**`]))
    expect((await rsync('-r', '--delete', near('tree/'), `gateway:${far('tree')}`)).code).toBe(0)
    expect(await readdir(far('tree'))).toEqual([])
  })

  it.each([
    ['a folder that is sent without what is in it', ['-d', 'tree/'], ''],
    ['the folder that a file goes into', ['f'], 'new/'],
    ['the folder that files go into', ['f', 'tree/g'], 'new'],
    ['the folders on the way to it', ['--mkpath', 'f'], 'new/'],
    ['the folder of what is partial', ['--partial-dir=.p', 'f'], 'old'],
    // Its target makes what it is sent, with and without a letter for it in the command.
    ['folders that the command says nothing of', ['-r', '-e', './silent', 'tree/'], ''],
  ])('makes no folder where none may be made: not %s', async (_what, words, to) => {
    scene.permission = permit(ruleFor([`${scene.far}/**`], { allow: everySwitch.filter((each) => each !== 'mkdir') }))
    await mkdir(near('tree/sub'), { recursive: true })
    for (const name of [near('f'), near('tree/g'), far('old')]) await writeFile(name, 'x')
    const ssh = [partPath('ssh'), ...scene.sshWords].join(' ')
    await writeFile(near('silent'), `#!/bin/sh\nto=$1; shift\nexec ${ssh} "$to" "$(echo "$*" | sed 's/ -re/ -e/')"\n`)
    await chmod(near('silent'), 0o755)
    const { code, stderr } = await rsync(...words, `gateway:${far(to)}`)
    expect(code).not.toBe(0)
    expect(stderr).toContain('make the folder')
    expect(stderr).toContain('name a file that is there, or use sftp or scp')
    expect(await readdir(scene.far)).toEqual(['old'])
    expect(scene.steps).toMatchObject([{ program: 'rsync', step: 'mkdir' }])
    expect((await rsync(near('f'), `gateway:${far('old')}`)).code).toBe(0)
    expect(await readdir(scene.far)).toEqual(['old'])
  })

  it.each([
    ['symlink', ['-r', '-H'], '--hard-links'],
    ['rename', ['-r', '-b'], '--backup'],
    ['setstat', ['-r', '-t'], '--no-times'],
  ] as const)('needs `%s` for `%j`', async (op, options, hint) => {
    await mkdir(near('tree'))
    await writeFile(near('tree/f'), 'new')
    await link(near('tree/f'), near('tree/g'))
    await writeFile(far('f'), 'before')
    scene.permission = permit(ruleFor([`${scene.far}/**`], { allow: everySwitch.filter((each) => each !== op) }))
    const refused = await rsync(...options, near('tree/'), `gateway:${scene.far}`)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain(hint)
    expect(await readdir(scene.far)).toEqual(['f'])
    scene.permission = permit(ruleFor([`${scene.far}/**`]))
    expect((await rsync(...options, near('tree/'), `gateway:${scene.far}`)).code).toBe(0)
    expect(await readFile(far('g'), 'utf8')).toBe('new')
  })

  it.each([['-b'], ['--partial-dir=.p'], ['--delay-updates']])(
    'puts nothing beside a file with `%s` where only the file may be written',
    async (option) => {
      scene.permission = permit(ruleFor([`${far('one')}/**`]))
      await writeFile(near('f'), 'new')
      await writeFile(far('one'), 'before')
      const { code, stderr } = await rsync(option, near('f'), `gateway:${far('one')}`)
      expect(code).not.toBe(0)
      expect(stderr).toContain(`\`${scene.far}\`, and all that is below it`)
      expect((await rsync(near('f'), `gateway:${far('one')}`)).code).toBe(0)
      expect(await readdir(scene.far)).toEqual(['one'])
    },
  )

  it('makes no devices and pipes, and brings the rest', async () => {
    await mkdir(near('tree'))
    await writeFile(near('tree/f'), 'f')
    execFileSync('mkfifo', [near('tree/pipe')])
    for (const options of [['-a'], ['-a', '--no-devices'], ['-a', '--no-specials'], ['-rD']]) {
      const { code, stdout } = await rsync(...options, near('tree/'), `gateway:${scene.far}`)
      expect(code).toBe(0)
      expect(stdout).toContain('skipping non-regular file "pipe"')
      expect(await readdir(scene.far)).toEqual(['f'])
    }
  })

  it.each([
    [
      'one file below may not be written',
      (path: string) => [
        ruleFor([`${path}/**`]),
        ruleFor([`${path}/keys/*`], { id: 'keys', text: 'keys stay', allow: [], deny: ['write'] }),
      ],
      'keys stay',
    ],
    ['only some names may be written', (path: string) => [ruleFor([`${path}/*.bin`])], 'no rule of the plant'],
    ['files there are scanned', (path: string) => [ruleFor([`${path}/**`], { upload: 'scan' })], 'use sftp or scp'],
    [
      'files below are scanned',
      (path: string) => [ruleFor([`${path}/**`]), ruleFor([`${path}/deep/**`], { upload: 'scan' })],
      'use sftp or scp',
    ],
    [
      'files there are scanned, and no folders made',
      (path: string) => [ruleFor([`${path}/**`], { upload: 'scan', allow: ['write'] })],
      'sends them mingled',
    ],
    [
      'files have to be declared',
      (path: string) => [ruleFor([`${path}/**`], { declaredOnly: true })],
      'use sftp or scp',
    ],
    [
      'links may not be made',
      (path: string) => [ruleFor([`${path}/**`], { allow: everySwitch.filter((each) => each !== 'symlink') })],
      '--no-links',
    ],
  ])('is refused with a sentence where %s', async (_what, rules, words) => {
    scene.permission = permit(...rules(scene.far))
    await mkdir(near('tree'))
    await writeFile(near('tree/f'), 'f')
    const { code, stderr } = await rsync('-a', near('tree/'), `gateway:${far('')}`)
    expect(code).not.toBe(0)
    expect(stderr).toContain(words)
    expect(await readdir(scene.far)).toEqual([])
    expect(onTarget()).toEqual([])
  })

  it('leaves out a file that is larger than may cross', async () => {
    scene.permission = permit(ruleFor([`${scene.far}/**`], { largest: 10 }))
    await mkdir(near('tree'))
    await writeFile(near('tree/small'), 'small')
    await writeFile(near('tree/large'), 'larger than that')
    expect((await rsync('-r', near('tree/'), `gateway:${scene.far}`)).code).toBe(0)
    expect(await readdir(scene.far)).toEqual(['small'])
  })

  it.each([
    [['-a', '-s'], '-s'],
    [['-a', '--remove-source-files'], '--remove-source-files'],
    [['-aL', '--from'], '-L'],
    [['-a', '--log-file-format=x', '--remote-option=--log-file=/tmp/x'], '--log-file'],
    [['-a', '--remote-option=--temp-dir=/etc'], '--temp-dir'],
    [['-aR'], '-R'],
    [['-aK'], '-K'],
  ])('refuses `%s`, and nothing runs', async (options, named) => {
    await mkdir(near('tree'))
    await writeFile(far('f'), 'f')
    const isOut = options.includes('--from') || options.includes('--remove-source-files')
    const words = options.filter((option) => option !== '--from')
    const { code, stderr } = await (isOut
      ? rsync(...words, `gateway:${far('f')}`, near('g'))
      : rsync(...words, near('tree'), `gateway:${scene.far}`))
    expect(code).not.toBe(0)
    expect(stderr).toContain(named)
    expect(onTarget()).toEqual([])
    expect(scene.refusals.length).toBe(1)
    expect(await stat(far('f'))).toMatchObject({ size: 1 })
  })

  it('judges where a link leads, and not its name', async () => {
    await mkdir(near('outside'))
    await symlink(near('outside'), far('door'))
    await mkdir(near('tree'))
    const { code, stderr } = await rsync('-r', near('tree/'), `gateway:${far('door')}/`)
    expect(code).not.toBe(0)
    expect(stderr).toContain(near('outside'))
  })

  it('says so where its input would not reach the target', async () => {
    scene.flow = { input: false, locked: false, held: false, why: 'only looking' }
    await writeFile(far('f'), 'f')
    const { code, stderr } = await rsync(`gateway:${far('f')}`, near('g'))
    expect(code).not.toBe(0)
    expect(stderr).toContain('use sftp or scp')
  })
})

describe.runIf(hasPart('git', 'sshd'))('git through the gateway', () => {
  const git = (cwd: string, ...words: string[]) =>
    execFileSync(partPath('git'), ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], {
      cwd,
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
      stdio: 'pipe',
    }).toString()

  async function withRepository(): Promise<void> {
    git(scene.far, 'init', '--quiet', '--bare', 'tool.git')
    await mkdir(near('work'))
    git(near('work'), 'init', '--quiet', '--initial-branch=main')
    await writeFile(near('work/f'), 'one')
    git(near('work'), 'add', 'f')
    git(near('work'), 'commit', '--quiet', '-m', 'one')
  }

  it('pushes and clones', async () => {
    await withRepository()
    const pushed = await scene.run('git', ['push', '--quiet', `gateway:${far('tool.git')}`, 'main'], near('work'))
    expect(pushed).toMatchObject({ code: 0 })
    git(far('tool.git'), 'symbolic-ref', 'HEAD', 'refs/heads/main')
    const cloned = await scene.run('git', ['clone', '--quiet', `gateway:${far('tool')}`, near('clone')])
    expect(cloned).toMatchObject({ code: 0 })
    expect(await readFile(near('clone/f'), 'utf8')).toBe('one')
    expect(scene.crossed.map(({ program, direction, path }) => [program, direction, path])).toEqual([
      ['git', 'in', far('tool.git')],
      ['git', 'out', far('tool.git')],
    ])
    expect(onTarget()).toEqual([`git-receive-pack ${far('tool.git')}`, `git-upload-pack ${far('tool.git')}`])
  })

  it('lets nobody push who may only read, nor read what is released one by one', async () => {
    await withRepository()
    scene.permission = permit(ruleFor([`${scene.far}/**`], { allow: ['list', 'read'] }))
    const pushed = await scene.run('git', ['push', `gateway:${far('tool.git')}`, 'main'], near('work'))
    expect(pushed.code).not.toBe(0)
    expect(pushed.stderr).toContain('no rule of the plant lets anybody write')
    scene.permission = permit(ruleFor([`${scene.far}/**`], { download: 'release' }))
    const cloned = await scene.run('git', ['clone', `gateway:${far('tool.git')}`, near('clone')])
    expect(cloned.code).not.toBe(0)
    expect(cloned.stderr).toContain('use sftp or scp')
    expect((await scene.run('git', ['clone', `gateway:${far('none')}`, near('none')])).stderr).toContain(
      'no git repository',
    )
  })
})
