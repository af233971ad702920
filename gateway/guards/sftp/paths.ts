// Paths as text. What a path really is on the target, symbolic links and all, is asked by the broker.

import type { FileSwitch } from '../../../policy/index.ts'

/** The names of a path, without `.` and empty ones; `..` takes away the one before. */
function namesOf(path: string): string[] {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name === '..') names.pop()
    else names.push(name)
  }
  return names
}

const join = (names: readonly string[]): string => `/${names.join('/')}`

/**
 * Absolute and canonical as text. `..` is taken for the name before it, before any link is followed: what the target
 * would make of it does not matter, because it never gets to see it.
 * @param from the folder a relative path begins in.
 */
export function absolutePath(from: string, given: string): string {
  return join(namesOf(given.startsWith('/') ? given : `${from}/${given}`))
}

export const parentOf = (path: string): string => join(namesOf(path).slice(0, -1))

export const lastNameOf = (path: string): string => namesOf(path).at(-1) ?? ''

/**
 * Does the text of a link go up again from a name? That may be a link itself, and then what is above it is not what the text
 * says.
 */
export function goesUpAgain(text: string): boolean {
  const names = text.split('/').filter((name) => name !== '' && name !== '.')
  return names.some((name, i) => name === '..' && i > 0 && names[i - 1] !== '..')
}

const ownPrefix = '.sallyport-'

/** Where a file that was let go is written, before it gets its name: beside it. */
export function besideOf(path: string, id: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1) + ownPrefix + id
}

/**
 * Why nothing is done to a path under such a name, or null: who wrote to it would change what was looked at on its way to
 * where it goes. Looked for and deleted it may be, for one that broke off can be left behind.
 */
export function barsOwnName(op: FileSwitch, path: string): string | null {
  if (op === 'list' || op === 'delete') return null
  const isOwn = namesOf(path).some((name) => name.toLowerCase().startsWith(ownPrefix))
  return isOwn ? `names that begin with \`${ownPrefix}\` are the gateway's own: give it another` : null
}

/** Every folder on the way to a path, and the path: `/a`, `/a/b`. Of the root, none. */
export function stepsOf(path: string): readonly string[] {
  const names = namesOf(path)
  return names.map((_name, i) => join(names.slice(0, i + 1)))
}

/** What comes after one of the steps of a path: names below it, or nothing. */
export function below(path: string, step: string): string {
  return path.slice(step.length)
}
