import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockFolder } from '../../../gateway/store/folder-lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the lock of a data folder', () => {
  it('is held by one gateway, and free again when it stops', () => {
    const lock = lockFolder(folder)
    expect(() => lockFolder(folder)).toThrow('another gateway runs')
    lock.release()
    lockFolder(folder).release()
  })

  it('is free again after a process that was killed', () => {
    const module = new URL('../../../gateway/store/folder-lock.ts', import.meta.url).href
    const script = `import(${JSON.stringify(module)}).then(({ lockFolder }) => {
      lockFolder(${JSON.stringify(folder)})
      process.kill(process.pid, 'SIGKILL')
    })`
    expect(spawnSync(process.execPath, ['-e', script]).signal).toBe('SIGKILL')
    lockFolder(folder).release()
  })
})
