// The one clock of the page. It ticks once a second while somebody looks, runs on the gateway's time rather than the
// laptop's (windows are judged by the gateway), and is shared by every countdown.

import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | null = null
let ahead = 0
let shown = Math.floor(Date.now() / 1000) * 1000

function tick(): void {
  shown = Math.floor(gatewayNow() / 1000) * 1000
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === null) {
    timer = setInterval(tick, 1000)
    shown = Math.floor(gatewayNow() / 1000) * 1000
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

/** Tells the clock what the gateway's time is now; differences under two seconds are the network's, and ignored. */
export function setGatewayTime(now: number): void {
  const measured = now - Date.now()
  const next = Math.abs(measured) < 2000 ? 0 : measured
  if (Math.abs(next - ahead) < 2000) return
  ahead = next
  tick()
}

/** The gateway's time now, in milliseconds since the epoch. */
export const gatewayNow = (): number => Date.now() + ahead

/** The gateway's time to the second; the component is drawn again each time it changes. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => shown)
