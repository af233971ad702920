// What a person asks for in a test: an ordinary request, and what is different about it.

import type { Wanted } from '../../gateway/access/submitting.ts'
import type { Window } from '../../policy/index.ts'

export function wantedOf(asset: string | readonly string[], window: Window, over: Partial<Wanted> = {}): Wanted {
  return {
    assets: typeof asset === 'string' ? [asset] : asset,
    protocol: 'ssh',
    operationClass: 'operate',
    when: { kind: 'window', ...window },
    tier: 'normal',
    criteria: [],
    purpose: 'exchange a drive',
    ticket: '',
    rollback: '',
    files: [],
    partial: false,
    ...over,
  }
}
