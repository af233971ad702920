// The table of what is put around the SSH library: every test it names is there, under that name.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

it('names tests that are there', async () => {
  const text = await readFile(join(root, 'docs/ssh-login.md'), 'utf8')
  const table = text.split('\n').filter((line) => /^\| .*`test\//.test(line))
  const named = table.flatMap((line) =>
    (line.split('|')[2] ?? '').split('; `').map((cell) => {
      const [, path = '', name = ''] = /`?(test\/[a-z0-9/-]+\.test\.ts)`(?:: (.+))?$/.exec(cell.trim()) ?? []
      return { path, name }
    }),
  )
  expect(named.length).toBeGreaterThan(12)
  for (const { path, name } of named) {
    const source = await readFile(join(root, path), 'utf8')
    expect(source.includes(name), `${path}: ${name}`).toBe(true)
  }
})
