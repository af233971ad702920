// The keys of a player, wherever the page has its focus but in something that has keys of its own.

import { useEffect, useEffectEvent } from 'react'

export interface PlayerKeys {
  toggle(): void
  /** Goes on or back by so many seconds. */
  move(seconds: number): void
  toStart(): void
  toEnd(): void
}

/** Seconds that an arrow moves it, and with Shift. */
export const smallStep = 10
export const largeStep = 60

const ownKeys = 'input:not([type=range]), textarea, select, button, a, [role=dialog], [role=menu], [contenteditable]'

export function usePlayerKeys(keys: PlayerKeys): void {
  const onKey = useEffectEvent((event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (event.target instanceof Element && event.target.closest(ownKeys) !== null) return
    const step = event.shiftKey ? largeStep : smallStep
    const acts: Readonly<Record<string, () => void>> = {
      ' ': () => keys.toggle(),
      k: () => keys.toggle(),
      ArrowLeft: () => keys.move(-step),
      ArrowRight: () => keys.move(step),
      Home: () => keys.toStart(),
      End: () => keys.toEnd(),
    }
    const act = acts[event.key]
    if (act === undefined) return
    // The browser would scroll the page, or move the slider by a hundredth of the whole.
    event.preventDefault()
    act()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}
