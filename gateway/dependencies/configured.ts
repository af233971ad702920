// What a gateway uses by its configuration: these are known from use, and watched whether the bundle declares them or not.

import type { DependencyUse } from '../../policy/index.ts'
import type { OutgoingMaterial } from '../outbox/material.ts'

export function usesOf(given: {
  readonly outgoing: Pick<OutgoingMaterial, 'smtp' | 'webhooks' | 'tickets'>
  readonly witnesses: number
  readonly timeAuthorities: number
  readonly s3: object | null
  /** Where the malware scanner is; absent where there is none. */
  readonly clamd?: string | undefined
}): readonly DependencyUse[] {
  const { outgoing, witnesses, timeAuthorities, s3, clamd } = given
  const used: readonly (readonly [DependencyUse, boolean])[] = [
    ['tickets', outgoing.tickets !== null],
    ['mail', outgoing.smtp !== null],
    ['webhooks', outgoing.webhooks.length > 0],
    ['witnesses', witnesses > 0],
    ['time-authorities', timeAuthorities > 0],
    ['object-store', s3 !== null],
    ['airlock', clamd !== undefined],
  ]
  return used.flatMap(([use, isUsed]) => (isUsed ? [use] : []))
}
