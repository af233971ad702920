import { describe, expect, it } from 'vitest'
import { checkWorkers, memoryHere } from '../../../../gateway/cli/checks/workers.ts'

const given = (workers: number, workerMemoryMebibytes = 1024) => ({ workers, workerMemoryMebibytes })

describe('doctor on the processes of SSH', () => {
  it('says that there are none', () => {
    expect(checkWorkers(given(0), 100)).toMatchObject({ state: 'ok', found: expect.stringContaining('none') })
  })

  it('says how many, and that they fit', () => {
    expect(checkWorkers(given(4), 4 * 1024 + 512)).toMatchObject({
      state: 'ok',
      found: '4, each of up to 1024 MiB; 4608 MiB here',
    })
  })

  it.each([
    [4, 1024, 4607, 'set `ssh.workers` to 3, or lower `ssh.workerMemoryMebibytes`, or add memory'],
    [1, 65_536, 16_000, 'lower `ssh.workerMemoryMebibytes`, or add memory'],
    [1, 256, 300, 'lower `ssh.workerMemoryMebibytes`, or add memory'],
  ])('warns where %i of %i MiB do not fit in %i MiB', (workers, each, memory, next) => {
    expect(checkWorkers(given(workers, each), memory)).toMatchObject({ state: 'warn', next })
  })

  it('knows what memory there is', () => expect(memoryHere()).toBeGreaterThan(100))
})
