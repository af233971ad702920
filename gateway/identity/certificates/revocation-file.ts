// The file of revoked keys, read again when it changes. Where it cannot be read nobody knows what is revoked, so no key
// and no certificate logs in until it can; that is evidence once, and told, and so is that it works again.

import { readFile, stat } from 'node:fs/promises'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import { systemCode } from '../../start-problem.ts'
import type { Store } from '../../store/store.ts'
import { nothingRevoked, parseRevoked, type Revoked } from './revoked.ts'

export interface Revocation {
  /** What is revoked now; null while that is not known. */
  current(): Promise<Revoked | null>
}

export const noRevocation: Revocation = { current: () => Promise.resolve(nothingRevoked) }

const maxBytes = 16 << 20

export type ReadRevoked =
  | { readonly kind: 'ok'; readonly revoked: Revoked }
  | { readonly kind: 'problem'; readonly found: string }

/** Reads the file once. */
export async function readRevoked(path: string): Promise<ReadRevoked> {
  try {
    const { size } = await stat(path)
    if (size > maxBytes) return { kind: 'problem', found: `expected at most ${maxBytes} bytes, got ${size}` }
    const read = parseRevoked(await readFile(path))
    return read.kind === 'ok' ? read : { kind: 'problem', found: read.problem }
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    return { kind: 'problem', found: code === 'ENOENT' ? 'is not there' : `cannot be read (${code})` }
  }
}

/** Anything that tells one state of the file from another: a file put in its place counts as well. */
async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return [ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    return code
  }
}

export function openRevocation(
  path: string,
  deps: { readonly store: Pick<Store, 'change'>; readonly clock: Clock; readonly log: Log },
): Revocation {
  const { store, clock, log } = deps
  let stamp = ''
  let known: Revoked | null = null
  let isAmiss = false
  let turn: Promise<unknown> = Promise.resolve()

  async function say(found: string | null): Promise<void> {
    await store.change(async ({ ledger }) => {
      const now = clock.now()
      if (found === null) await ledger.append('auth.revocations_read', now, { file: await ledger.commit(path) })
      else
        await ledger.append('auth.revocations_unreadable', now, {
          file: await ledger.commit(path),
          found: await ledger.commit(found),
        })
    })
    isAmiss = found !== null
    if (found === null) log.info({ path }, 'Revoked keys are read again')
    else log.error({ path, found }, 'Revoked keys cannot be read: nobody logs in with a key')
  }

  async function look(): Promise<Revoked | null> {
    // Before the file is read: what changes it meanwhile has it read once more.
    const here = await stampOf(path)
    if (here === stamp && !isAmiss) return known
    const read = await readRevoked(path)
    known = read.kind === 'ok' ? read.revoked : null
    stamp = here
    if (read.kind === 'problem' && !isAmiss) await say(read.found)
    if (read.kind === 'ok' && isAmiss) await say(null)
    return known
  }

  return {
    current() {
      const looked = turn.then(look)
      turn = looked.catch(() => undefined)
      return looked
    },
  }
}
