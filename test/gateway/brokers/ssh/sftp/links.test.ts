// Links that clients make and move: programs on the target follow them without asking anybody here.

import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { statusCodes } from '../../../../../gateway/guards/sftp/codes.ts'
import type { Question } from '../../../../../gateway/brokers/ssh/sftp/target.ts'
import { fileRule, openSftpScene, permissionOf, type SftpScene } from '../../../../support/sftp-scene.ts'

const { ok, permissionDenied } = statusCodes

describe('links by SFTP', () => {
  let scene: SftpScene
  const at = (path: string): string => join(scene.folder, path)

  beforeEach(async () => {
    scene = await openSftpScene((folder) => [fileRule('in', [`${folder}/in/**`])])
    for (const name of ['in/a/b', 'in/elsewhere', 'elsewhere']) await mkdir(at(name), { recursive: true })
    for (const name of ['in/elsewhere/secret', 'elsewhere/secret']) await writeFile(at(name), name)
  })
  afterEach(() => scene.close())

  async function code(question: Question): Promise<number | string> {
    const reply = await scene.ask(question)
    return reply.kind === 'status' ? reply.code : reply.kind
  }

  it.each(['rename', 'posix-rename', 'hardlink'] as const)(
    'come by %s to no folder from which they lead where none may be made',
    async (kind) => {
      expect(await code({ kind: 'symlink', from: '../elsewhere/secret', to: 'in/l' })).toBe(permissionDenied)
      expect(await code({ kind: 'symlink', from: '../elsewhere/secret', to: 'in/a/l' })).toBe(ok)
      expect(await code({ kind, from: 'in/a/l', to: 'in/l' })).toBe(permissionDenied)
      expect(await readdir(at('in'))).toEqual(['a', 'elsewhere'])
      expect(scene.steps.at(-1)).toMatchObject({ path: at('in/a/l'), to: at('in/l'), refused: expect.any(String) })
    },
  )

  it('go with no folder in which they may be made to another folder', async () => {
    expect(await code({ kind: 'symlink', from: '../../elsewhere/secret', to: 'in/a/b/l' })).toBe(ok)
    expect(await code({ kind: 'rename', from: 'in/a/b', to: 'in/b' })).toBe(permissionDenied)
    expect(scene.told.at(-1)).toContain('is a folder in which links may be made')
    expect(await code({ kind: 'rename', from: 'in/a/b', to: 'in/a/c' })).toBe(ok)
    expect(await readFile(at('in/a/c/l'), 'utf8')).toBe('in/elsewhere/secret')
  })

  it('are renamed in their folder, and come to another one where they could be made there', async () => {
    expect(await code({ kind: 'symlink', from: '../elsewhere/secret', to: 'in/a/l' })).toBe(ok)
    expect(await code({ kind: 'rename', from: 'in/a/l', to: 'in/a/m' })).toBe(ok)
    await symlink(at('in/elsewhere/secret'), at('in/a/absolute'))
    await symlink('../elsewhere', at('in/a/folder'))
    await mkdir(at('in/c'))
    for (const name of ['m', 'absolute', 'folder'])
      expect([name, await code({ kind: 'rename', from: `in/a/${name}`, to: `in/c/${name}` })]).toEqual([name, ok])
    expect(await readlink(at('in/c/m'))).toBe('../elsewhere/secret')
  })

  it('that were there before come to no other folder where none like it could be made', async () => {
    await symlink(at('elsewhere/secret'), at('in/a/out'))
    await symlink('b/../../elsewhere', at('in/a/up-again'))
    for (const name of ['out', 'up-again'])
      expect([name, await code({ kind: 'rename', from: `in/a/${name}`, to: `in/${name}` })]).toEqual([name, 3])
    expect(await code({ kind: 'rename', from: 'in/a/out', to: 'in/a/still-out' })).toBe(ok)
    // Who may make none moves no link to another folder either, and folders with what is in them.
    const without = fileRule('in', [`${scene.folder}/in/**`], { allow: ['list', 'read', 'write', 'rename'] })
    scene.setPermission(permissionOf([without]))
    await symlink('../elsewhere/secret', at('in/a/in'))
    expect(await code({ kind: 'rename', from: 'in/a/in', to: 'in/b/in' })).toBe(permissionDenied)
    expect(await code({ kind: 'rename', from: 'in/a/in', to: 'in/a/still-in' })).toBe(ok)
    expect(await code({ kind: 'rename', from: 'in/a/b', to: 'in/b' })).toBe(ok)
  })

  it('get no second name by a hard link, which some servers would give to what they lead to', async () => {
    await symlink('../../elsewhere/secret', at('in/a/out'))
    expect(await code({ kind: 'hardlink', from: 'in/a/out', to: 'in/a/second' })).toBe(permissionDenied)
    expect(scene.told.at(-1)).toContain('is a link itself')
    expect(await code({ kind: 'hardlink', from: 'in/elsewhere/secret', to: 'in/a/second' })).toBe(ok)
  })

  it('are not moved while input is stopped', async () => {
    await symlink('../elsewhere/secret', at('in/a/l'))
    await mkdir(at('in/c'))
    scene.setFlow({ input: false, why: 'paused' })
    expect(await code({ kind: 'rename', from: 'in/a/l', to: 'in/c/l' })).toBe(permissionDenied)
    await expect(lstat(at('in/c/l'))).rejects.toThrow('ENOENT')
  })

  it('lead to the root of the target only where everything in it is under the same rules', async () => {
    const rules = [fileRule('all', ['/**']), fileRule('keys', ['/**/keys/**'], { deny: ['read'] })]
    scene.setPermission(permissionOf(rules))
    expect(await code({ kind: 'symlink', from: '/', to: 'in/root' })).toBe(permissionDenied)
    scene.setPermission(permissionOf([fileRule('all', ['/**'])]))
    expect(await code({ kind: 'symlink', from: '/', to: 'in/root' })).toBe(ok)
  })
})
