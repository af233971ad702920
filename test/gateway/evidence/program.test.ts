// What program this gateway is, as one digest that sha256sum gives, too.

import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { programDigest } from '../../../gateway/evidence/program.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sallyport-program-'))
  for (const folder of ['gateway/api', 'policy', 'recorder', 'admin-ui/dist', 'gateway/node_modules', 'test'])
    await mkdir(join(root, folder), { recursive: true })
  await writeFile(join(root, 'package.json'), '{}')
  await writeFile(join(root, 'gateway/app.ts'), 'start()')
  await writeFile(join(root, 'gateway/api/server.ts'), 'listen()')
  await writeFile(join(root, 'policy/decide.ts'), 'deny()')
})
afterEach(() => rm(root, { recursive: true, force: true }))

it('is what sha256sum lists, by itself hashed', async () => {
  const files = ['gateway/api/server.ts', 'gateway/app.ts', 'package.json', 'policy/decide.ts']
  const listed = execFileSync('sha256sum', files, { cwd: root })
  expect(await programDigest(root)).toBe(`sha256:${hash('sha256', listed)}`)
})

it('is another one where a file is changed, comes or goes, and the same where only tests and packages are', async () => {
  const before = await programDigest(root)
  await writeFile(join(root, 'test/any.test.ts'), 'it()')
  await writeFile(join(root, 'gateway/node_modules/left.js'), 'pad()')
  expect(await programDigest(root)).toBe(before)
  const seen = new Set([before])
  await writeFile(join(root, 'policy/decide.ts'), 'permit()')
  seen.add(await programDigest(root))
  await writeFile(join(root, 'recorder/extra.ts'), '')
  seen.add(await programDigest(root))
  await rm(join(root, 'gateway/app.ts'))
  seen.add(await programDigest(root))
  expect(seen.size).toBe(4)
})

it('finds the program it belongs to', async () => {
  const own = await programDigest()
  expect(own).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(own).not.toBe(await programDigest(root))
})
