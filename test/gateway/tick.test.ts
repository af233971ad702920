import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { every } from '../../gateway/tick.ts'
import type { Log } from '../../gateway/log.ts'

let logged: string[]
const note = (level: string) => (fields: { readonly failed: number }, text: string) =>
  void logged.push(`${level} ${fields.failed}: ${text}`)
const log = { error: note('error'), info: note('info') } as unknown as Log

beforeEach(() => {
  vi.useFakeTimers()
  logged = []
})
afterEach(() => vi.useRealTimers())

it('logs what fails again and again ever more seldom, and that it works again', async () => {
  let works = false
  const stop = every(100, 'Upkeep', log, async () => {
    if (!works) throw new Error('the disk is full')
  })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(logged).toEqual([1, 2, 4, 8].map((failed) => `error ${failed}: Periodic work failed`))
  works = true
  await vi.advanceTimersByTimeAsync(300)
  expect(logged.slice(4)).toEqual(['info 10: Periodic work goes on'])
  await stop()
})

it('never runs twice at a time, and waits for the run under way when it is stopped', async () => {
  let running = 0
  let most = 0
  const runs: (() => void)[] = []
  const stop = every(100, 'Upkeep', log, async () => {
    most = Math.max(most, ++running)
    await new Promise<void>((resolve) => runs.push(resolve))
    running--
  })
  await vi.advanceTimersByTimeAsync(500)
  expect({ most, runs: runs.length }).toEqual({ most: 1, runs: 1 })
  let isStopped = false
  const stopped = stop().then(() => (isStopped = true))
  await vi.advanceTimersByTimeAsync(500)
  expect(isStopped).toBe(false)
  runs[0]?.()
  await stopped
  expect(running).toBe(0)
})
