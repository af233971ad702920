// A path as it stands in a command line, made one that no shell has to be asked about; and what is said where only a
// shell could tell which paths are meant.

import type { Word } from './words.ts'

/** Before the target was asked what it is. Relative ones begin at the account's home. */
export type GivenPath = string

/** A file program that is not brokered in this way; `text`, one clause, names one that is. */
export interface RefusedCall {
  readonly kind: 'refused'
  readonly program: 'scp' | 'rsync' | 'git' | 'sftp-server' | 'ssh-copy-id'
  readonly text: string
}

/**
 * The path of a word, as one that does not depend on a shell: `~` is the account's home, which relative paths begin at.
 * Null where only a shell could say which paths are meant.
 */
export function pathOf({ text, bare }: Word): GivenPath | null {
  if (bare === 'none') return text === '' ? '.' : text
  if (bare === 'wildcard') return null
  if (text === '~') return '.'
  return text.startsWith('~/') ? `./${text.slice(2)}` : null
}

export const wildcardText = (shown: string, instead: string): string =>
  `\`${shown}\` would be expanded by a shell of the target: name each path in full, or ${instead}`
