// The table of attacks a reader believes: every class it names has its test, and every test of an attack stands in it.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** `14 attacks/recording.test.ts`, as the table says it. */
async function told(): Promise<readonly string[]> {
  const text = await readFile(join(root, 'docs/attacks.md'), 'utf8')
  return text.split('\n').flatMap((line) => {
    const [, number, , tests = ''] = line.split('|').map((cell) => cell.trim())
    if (!/^\d+$/.test(number ?? '')) return []
    return [...tests.matchAll(/`test\/(attacks\/[a-z0-9-]+\.test\.ts)`/g)].map(([, file]) => `${number} ${file}`)
  })
}

/** The same, as the tests are named: `attack 14: …`. */
async function mounted(): Promise<readonly string[]> {
  const files = (await readdir(join(root, 'test/attacks'))).filter((name) => name.endsWith('.test.ts'))
  const found = await Promise.all(
    files.map(async (name) => {
      const numbers = [...(await readFile(join(root, 'test/attacks', name), 'utf8')).matchAll(/'attack (\d+): /g)]
      expect(numbers, `test/attacks/${name} names its attacks`).not.toEqual([])
      return numbers.map(([, number]) => `${number} attacks/${name}`)
    }),
  )
  return [...new Set(found.flat())]
}

it('names for each class of attack its tests, and each test of an attack', async () => {
  expect((await told()).toSorted()).toEqual((await mounted()).toSorted())
})

it('has one home for a class', async () => {
  const numbers = (await mounted()).map((entry) => entry.split(' ')[0])
  expect(new Set(numbers).size).toBe(numbers.length)
})
