import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RecordingHold, type RecordingHoldDeps } from '../../../gateway/sessions/recording-hold.ts'
import { openLog } from '../../../gateway/log.ts'
import { idOf } from '../../support/ids.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

function open(isOver = () => false) {
  const control = {
    sync: vi.fn<() => Promise<void>>(() => Promise.resolve()),
    tryAgain: vi.fn<() => unknown>(() => Promise.resolve()),
    onWaiting(listener: (waits: boolean) => void) {
      waits = listener
    },
  }
  let waits: (waits: boolean) => void = () => expect.unreachable()
  const told = {
    paused: vi.fn<RecordingHoldDeps['paused']>(),
    onChange: vi.fn<RecordingHoldDeps['onChange']>(),
    onFailure: vi.fn<RecordingHoldDeps['onFailure']>(),
  }
  const facts = { id: idOf.session('ses_00000000000000000000000000'), recordingPauseMinutes: 5 }
  const hold = new RecordingHold(facts, control, { now: Date.now, log: openLog('silent'), isOver, ...told })
  return { hold, control, told, waits: (does: boolean) => waits(does) }
}

describe('the recording of a living session', () => {
  it('reaches the disk within a second, until it is closed', () => {
    const { hold, control } = open()
    vi.advanceTimersByTime(2000)
    expect(control.sync).toHaveBeenCalledTimes(2)
    expect(control.tryAgain).not.toHaveBeenCalled()
    expect(hold.stop()).toBeNull()
    vi.advanceTimersByTime(2000)
    expect(control.sync).toHaveBeenCalledTimes(2)
  })

  it('holds the session while it waits for room, tries again every second, and says how long it was', () => {
    const { hold, control, told, waits } = open()
    vi.setSystemTime(1000)
    waits(true)
    waits(true)
    expect(hold.until).toBe(301_000)
    expect(told.onChange).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(3000)
    expect(control.tryAgain).toHaveBeenCalledTimes(3)
    waits(false)
    expect(hold.until).toBeNull()
    expect(told.paused).toHaveBeenCalledExactlyOnceWith(1000, 4000)
    expect(told.onChange).toHaveBeenCalledTimes(2)
  })

  it('says since when it was held where it is closed meanwhile', () => {
    const { hold, waits } = open()
    waits(true)
    expect(hold.stop()).toBe(0)
  })

  it('holds nothing that ends', () => {
    const { hold, told, waits } = open(() => true)
    waits(true)
    expect(hold.until).toBeNull()
    expect(told.onChange).not.toHaveBeenCalled()
  })

  it('tells of a recorder that fails, as it syncs and as it tries again', async () => {
    const { control, told, waits } = open()
    const failure = new Error('write-failed')
    control.sync.mockRejectedValueOnce(failure)
    waits(true)
    control.tryAgain.mockImplementationOnce(() => {
      throw failure
    })
    await vi.advanceTimersByTimeAsync(1000)
    expect(told.onFailure).toHaveBeenCalledTimes(2)
    expect(told.onFailure).toHaveBeenCalledWith(failure)
  })
})
