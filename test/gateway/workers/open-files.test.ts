// What another process has open, as the kernel tells.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openFilesOf } from '../../../gateway/workers/open-files.ts'

describe.skipIf(process.platform !== 'linux')('the open files of a process', () => {
  it('are told by the names they have now, and are none once it is gone', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'sallyport-open-')))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'stream')
    await writeFile(file, '')
    const kept = await open(file, 'a')
    const child = spawn('cat', { stdio: ['pipe', 'ignore', 'inherit', kept.fd] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child, 'spawn')
    await kept.close()

    const openFiles = openFilesOf(child.pid ?? 0)
    expect(await openFiles()).toContain(file)
    await rename(file, `${file}-moved`)
    expect(await openFiles()).toContain(`${file}-moved`)
    child.kill()
    await once(child, 'exit')
    expect(await openFiles()).toEqual([])
  })

  it('are looked at once for all who ask at the same time, and anew for who asks later', async () => {
    const openFiles = openFilesOf(process.pid)
    const [first, second] = [openFiles(), openFiles()]
    expect(first).toBe(second)
    await first
    expect(openFiles()).not.toBe(first)
  })
})
