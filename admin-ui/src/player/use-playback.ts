// A replay bound to a place in the page: the screen in it, the clock that moves it on, and following a living session.

import { useEffect, useEffectEvent, useRef, useState, type RefObject } from 'react'
import { type CastPlace, followCast, readSlice } from './cast-source.ts'
import { Playback, type PlaybackState } from './playback.ts'
import { openScreen, type TerminalScreen } from './terminal-screen.ts'

export interface Replaying extends PlaybackState {
  /** It shows what is recorded, as it comes. */
  readonly isFollowing: boolean
  toggle(): void
  seek(at: number): void
  follow(): void
}

export interface ReplayTerms {
  /** Seconds, or what is recorded now, as it comes. */
  readonly startAt: number | 'live'
  readonly speed: number
  readonly shortensPauses: boolean
}

/** No step is longer: a page that was hidden goes on where it was. */
const longestStep = 0.25
/** How often the place on the clock is shown anew, in seconds. */
const shownEvery = 0.1

const resting: PlaybackState = { at: 0, isPlaying: false, isLoading: true, failure: null }

interface Parts {
  readonly playback: Playback
  readonly screen: TerminalScreen
}

/**
 * @param duration seconds that can be played; null while that is not known.
 * @param place where the terminal is drawn.
 */
export function usePlayback(
  place: RefObject<HTMLDivElement | null>,
  cast: CastPlace,
  duration: number | null,
  { startAt, speed, shortensPauses }: ReplayTerms,
): Replaying {
  const parts = useRef<Parts | null>(null)
  const following = useRef<AbortController | null>(null)
  const [state, setState] = useState(resting)
  const [isFollowing, setFollowing] = useState(false)
  const { replay, channel } = cast
  const isKnown = duration !== null
  const followNow = useEffectEvent((on: Parts) => follow(on))

  useEffect(() => {
    const box = place.current
    if (box === null || !isKnown) return
    const screen = openScreen(box)
    const from = { replay, channel }
    const playback = new Playback(
      screen,
      (at, until, signal) => readSlice(from, at, until, signal),
      () => setState(playback.state),
    )
    parts.current = { playback, screen }
    const watch = new ResizeObserver(() => screen.fit())
    watch.observe(box)
    return () => {
      watch.disconnect()
      following.current?.abort()
      playback.close()
      screen.dispose()
      parts.current = null
    }
  }, [place, replay, channel, isKnown])

  useEffect(() => {
    if (parts.current === null || duration === null) return
    parts.current.playback.duration = duration
  }, [duration, isKnown, replay, channel])

  useEffect(() => {
    if (parts.current === null || !isKnown) return
    const { playback } = parts.current
    if (startAt === 'live') void followNow(parts.current)
    else void playback.seek(startAt).then(() => playback.play())
  }, [startAt, isKnown, replay, channel])

  useEffect(() => {
    if (parts.current === null) return
    parts.current.playback.speed = speed
    parts.current.playback.shortensPauses = shortensPauses
  }, [speed, shortensPauses, isKnown, replay, channel])

  useEffect(() => {
    let request = 0
    let last = performance.now()
    let shown = 0
    const step = (now: number): void => {
      const passed = Math.min((now - last) / 1_000, longestStep)
      last = now
      parts.current?.playback.advance(passed)
      shown += passed
      if (shown >= shownEvery && parts.current?.playback.state.isPlaying === true) {
        shown = 0
        setState(parts.current.playback.state)
      }
      request = requestAnimationFrame(step)
    }
    request = requestAnimationFrame(step)
    return () => cancelAnimationFrame(request)
  }, [])

  function stopFollowing(): void {
    following.current?.abort()
    following.current = null
    setFollowing(false)
  }

  async function follow({ playback, screen }: Parts): Promise<void> {
    stopFollowing()
    playback.pause()
    const control = (following.current = new AbortController())
    setFollowing(true)
    try {
      let isFirst = true
      for await (const { size, events } of followCast({ replay, channel }, duration ?? 0, control.signal)) {
        if (isFirst && size !== null) {
          screen.reset(size)
          isFirst = false
        }
        for (const event of events) {
          if (event.kind === 'output') screen.write(event.text)
          if (event.kind === 'resize') screen.resize(event)
        }
      }
    } catch (failure) {
      if (control.signal.aborted) return
      setState((before) => ({ ...before, failure }))
    }
    // Nothing follows any more, or the time of the replay is over.
    if (following.current === control) stopFollowing()
  }

  return {
    ...state,
    isFollowing,
    toggle() {
      const { playback } = parts.current ?? {}
      if (playback === undefined) return
      if (isFollowing) {
        stopFollowing()
        void playback.seek(duration ?? 0)
      } else if (state.isPlaying) playback.pause()
      else playback.play()
    },
    seek(at) {
      stopFollowing()
      void parts.current?.playback.seek(at)
      setState((before) => ({ ...before, at }))
    },
    follow() {
      if (parts.current !== null) void follow(parts.current)
    },
  }
}
