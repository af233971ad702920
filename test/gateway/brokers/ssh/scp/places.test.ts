import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ask } from '../../../../../gateway/brokers/ssh/scp/ask.ts'
import { openPlaces } from '../../../../../gateway/brokers/ssh/scp/places.ts'

const nobody = 65_534
const isRoot = process.getuid?.() === 0
let folder: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sp-places-')))
  await chmod(folder, 0o755)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A shell of an account whose rights count, as the target would start it. */
function shell(env: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin' }): Ask {
  const account = isRoot ? { uid: nobody, gid: nobody } : {}
  return (command) =>
    new Promise((resolve) => {
      execFile('/bin/sh', ['-c', command], { cwd: '/', env, ...account }, (_error, text) =>
        resolve({ kind: 'answered', text }),
      )
    })
}

async function make(name: string, mode: number): Promise<string> {
  const path = join(folder, name)
  await mkdir(path)
  await writeFile(join(path, 'plain'), 'x')
  await symlink('/etc/hostname', join(path, 'boot.cfg'))
  if (isRoot) await chown(path, nobody, nobody)
  await chmod(path, mode)
  return path
}

describe('what a path really is', () => {
  it('says which names of a folder are links, and asks nothing of the folders in it', async () => {
    const path = await make('ordinary', 0o755)
    await mkdir(join(path, 'shut'), { mode: 0o000 })
    await mkdir(join(path, 'below'))
    await symlink('x', join(path, 'below/deeper'))
    const found = { kind: 'folder', path, links: new Set(['boot.cfg']) }
    expect(await openPlaces(shell())(path)).toEqual(found)
    await symlink(path, join(folder, 'way'))
    expect(await openPlaces(shell())(join(folder, 'way/'))).toEqual(found)
  })

  it('knows a file, what a link leads to, and what is not there', async () => {
    const path = await make('ordinary', 0o755)
    const find = openPlaces(shell())
    expect(await find(`${path}/plain`)).toEqual({ kind: 'file', path: `${path}/plain` })
    expect(await find(`${path}/boot.cfg`)).toMatchObject({
      path: await realpath('/etc').then((etc) => `${etc}/hostname`),
    })
    expect(await find(`${path}/new`)).toEqual({ kind: 'missing', path: `${path}/new` })
    expect(await find(`${path}/new/newer`)).toMatchObject({
      kind: 'failed',
      text: expect.stringContaining('no folder'),
    })
  })

  it.each([
    ['a target without `find`', 0o755, { PATH: '/nonexistent' }],
    ['a folder that its account may write to and not list', 0o1333, undefined],
  ])('takes the links of %s for unknown, and not for none', async (_what, mode, env) => {
    const path = await make('drop', mode)
    expect(await openPlaces(shell(env))(path)).toEqual({
      kind: 'failed',
      text: `the target does not say which names in \`${path}\` are links: use sftp, or name one file there`,
    })
    // One name can be looked at by itself.
    expect(await openPlaces(shell(env))(`${path}/plain`)).toEqual({ kind: 'file', path: `${path}/plain` })
  })

  it('takes no folder for another whose name its own begins with, up to a line end', async () => {
    const path = await make('real', 0o755)
    await mkdir(`${path}\nnot`)
    await mkdir(`${path}\n${path}`, { recursive: true })
    await symlink(`${path}\nnot`, join(folder, 'way'))
    const find = openPlaces(shell())
    for (const given of [`${path}\nnot`, `${path}\n${path}`, `${path}\n`, join(folder, 'way')]) {
      expect(await find(given)).toMatchObject({ kind: 'failed' })
      expect(await find(`${given}/boot.cfg`)).toMatchObject({ kind: 'failed' })
    }
  })
})
