// What stands in the events of an `sftp` channel (FORMAT.md section 1.4), in words for a list of what was done there. Packets
// the gateway sent by itself are for who reads the bytes and are not told.

import type { JsonObject } from '../canonical.ts'

const done: Readonly<Record<string, string>> = {
  delete: 'deleted',
  rename: 'renamed',
  mkdir: 'made folder',
  rmdir: 'deleted folder',
  setstat: 'changed attributes of',
  symlink: 'made link',
  write: 'wrote',
  read: 'read',
  list: 'listed',
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** One line; null where nothing is to be told; undefined where the event is none of such a channel. */
export function fileWords(event: JsonObject): string | null | undefined {
  const { sftp, path, to, step, refused, direction, outcome, size, sha256 } = event
  if (sftp === 'to-target' || sftp === 'to-client') return null
  if (sftp === 'step') {
    const where = typeof to === 'string' ? `${textOf(path)} to ${to}` : textOf(path)
    if (typeof refused === 'string') return `refused: ${textOf(step)} ${where}: ${refused}`
    return `${done[textOf(step)] ?? textOf(step)} ${where}`
  }
  if (sftp !== 'file') return undefined
  const way = direction === 'in' ? 'brought' : 'fetched'
  const digest = typeof sha256 === 'string' ? `, SHA-256 ${sha256}` : ''
  return `${way} ${String(Number(size))} bytes (${textOf(outcome)}${digest}): ${textOf(path)}`
}
