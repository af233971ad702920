import { spawnSync } from 'node:child_process'

import { describe, expect, it } from 'vitest'

const heap = new URL('../../../gateway/runtime/heap.ts', import.meta.url).href

/** Runs a program in a Node of its own, after `first`; gives what it printed. */
function run(first: string, program: string): { stdout: string; stderr: string } {
  const source = `${first}\n${program}`
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' })
}

const tuned = `import { tuneHeap } from ${JSON.stringify(heap)}\ntuneHeap()`

/** Keeps enough alive that V8 would give the young generation more room, and prints the room it has, in bytes. */
const measured = `
  import { getHeapSpaceStatistics } from 'node:v8'
  const kept = []
  for (let at = 0; at < 2_000_000; at++) kept.push({ at })
  const space = getHeapSpaceStatistics().find((one) => one.space_name === 'new_space')
  process.stdout.write(String(kept.length > 0 ? space.space_size : 0))`

describe('the heap of a gateway', () => {
  it('is tuned with words this V8 knows', () => {
    // V8 does not throw for a flag it has lost: it complains on standard error and goes on without.
    expect(run(tuned, '').stderr).toBe('')
  })

  it('keeps the young generation small, which would grow otherwise', () => {
    expect(Number(run(tuned, measured).stdout)).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(Number(run('', measured).stdout)).toBeGreaterThan(16 * 1024 * 1024)
  })
})
