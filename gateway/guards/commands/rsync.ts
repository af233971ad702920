// The command line by which an rsync client starts its other end, `rsync --server [--sender] -flags [options] . path...`
// (rsync options.c, server_options). Options are a closed list: one that could lead outside the paths named, or keeps
// something else, is refused by its name. What the stream then carries is rsync's own.

import type { FileSwitch } from '../../../policy/index.ts'
import { pathOf, wildcardText, type GivenPath, type RefusedCall } from './given-path.ts'
import type { Word } from './words.ts'

export interface RsyncCall {
  readonly kind: 'rsync'
  /** `in`: to the target. */
  readonly direction: 'in' | 'out'
  /** Flags and options as they go to the target again, without paths. */
  readonly options: readonly string[]
  /** What the options let the target do, beside writing, where it takes files. It makes folders without any, too. */
  readonly needs: readonly FileSwitch[]
  /** Does it put something beside a file it writes: a backup, or a folder with what is partial? */
  readonly writesBeside: boolean
  /** Bytes of the largest file by the client's own wish. */
  readonly largest: number | null
  readonly paths: readonly GivenPath[]
}

/** Letters that stay within the paths named. `R` and `s` say the paths otherwise; `L`, `k` and `K` follow links. */
const quietLetters = new Set('vqcrznWuxSyiIOJNUbHldogDtpEAXm'.split(''))
const deleting = ['', '-before', '-during', '-after', '-delay', '-excluded', '-missing-args']
  .map((when) => `--delete${when}`)
  .concat('--del', '--force', '--ignore-errors')
/** What puts something beside the file: its backup, or a folder with what is partial or waits. */
const beside = ['b', '--partial-dir', '--delay-updates']
/** By which letters and options the target does more than write. */
const needing: readonly (readonly [FileSwitch, readonly string[]])[] = [
  ['mkdir', ['r', 'd', '--dirs', '--mkpath', '--partial-dir', '--delay-updates']],
  ['setstat', 'ogtpEAXNU'.split('')],
  // A hard link gives a file a second path, as a symbolic one does.
  ['symlink', ['l', 'H']],
  ['rename', ['b']],
  ['delete', deleting],
]
const special = ['D', '--devices', '--specials']
/**
 * No switch is about devices, and who may write to one, or read it, is beyond every rule. Every `-a` asks for them: they
 * are left out, not refused. A client that then sends one, or a pipe by a protocol before 31, breaks off.
 */
const noSpecial = ['--no-devices', '--no-specials']
const plain =
  /^--(?:partial|inplace|append|existing|ignore-existing|size-only|stats|numeric-ids|delay-updates|safe-links|munge-links|no-implied-dirs|open-noatime|mkpath|msgs2stderr|no-msgs2stderr|fuzzy|old-compress|new-compress|preallocate|prune-empty-dirs|no-r|dirs|ignore-missing-args|(?:no-)?(?:devices|specials))$/
const valued =
  /^--(?:log-format=[\w%+,.-]{0,32}|timeout=\d{1,9}|bwlimit=[\d.]{1,12}|min-size=\d{1,16}|compress-level=\d{1,2}|(?:checksum|compress)-choice=[a-z0-9,]{1,32}|modify-window=-?\d{1,6}|max-delete=\d{1,9}|checksum-seed=-?\d{1,10}|block-size=\d{1,9}|info=[\w,]{1,64}|debug=[\w,]{1,64})$/

const refused = (text: string): RefusedCall => ({ kind: 'refused', program: 'rsync', text })

/** Null where it is no server of rsync: then it is a command like any other. */
export function recogniseRsync(words: readonly Word[]): RsyncCall | RefusedCall | null {
  if (words[0]?.text !== '--server') return null
  const options: string[] = []
  const seen = new Set<string>()
  let largest: number | null = null
  let direction: RsyncCall['direction'] = 'in'
  let at = 1
  for (; at < words.length; at++) {
    const { text, bare } = words[at] ?? { text: '', bare: 'none' }
    if (text === '.' || bare !== 'none') break
    if (!text.startsWith('-') || text === '-' || text === '--') break
    if (text === '--sender') {
      direction = 'out'
      continue
    }
    if (text === '--secluded-args' || text === '--protect-args') return refused(seclusion)
    const size = /^--max-size=(\d{1,16})$/.exec(text)
    if (size) largest = Number(size[1])
    else if (text === '--partial-dir') {
      // The one option whose value is a word by itself. A name inside the tree, not a way out of it.
      const name = words[++at]
      if (!name || name.bare !== 'none' || !/^[\w.-]{1,64}$/.test(name.text) || /^\.{1,2}$/.test(name.text))
        return refused('rsync keeps what is partial in one folder below the path: give `--partial-dir` a plain name')
      seen.add(text)
      options.push(text, name.text)
    } else if (text.startsWith('--')) {
      if (!deleting.includes(text) && !plain.test(text) && !valued.test(text)) return refused(notBrokered(text))
      seen.add(text)
      options.push(text)
    } else {
      const odd = readLetters(text.slice(1), seen)
      if (odd === 's') return refused(seclusion)
      if (odd !== null) return refused(notBrokered(`-${odd}`))
      options.push(text)
    }
  }
  // What comes before the paths is always this one word.
  if (words[at]?.text !== '.') return seen.has('s') ? refused(seclusion) : null
  const paths: GivenPath[] = []
  for (const word of words.slice(at + 1)) {
    const path = pathOf(word)
    if (path === null) return refused(wildcardText(word.text, 'give the folder and `--include`'))
    paths.push(path)
  }
  if (paths.length === 0 || paths.length > 64 || (direction === 'in' && paths.length > 1)) return null
  const asks = (ways: readonly string[]): boolean => ways.some((way) => seen.has(way))
  return {
    kind: 'rsync',
    direction,
    options: direction === 'in' && asks(special) ? [...options, ...noSpecial] : options,
    needs: needing.flatMap(([op, ways]) => (asks(ways) ? [op] : [])),
    writesBeside: asks(beside),
    largest,
    paths,
  }
}

const seclusion =
  'rsync hides its paths in the stream with `-s` (`--secluded-args`): leave it out, also in `RSYNC_PROTECT_ARGS`'
const notBrokered = (option: string): string =>
  `rsync’s \`${option}\` is not brokered: leave it out, or use sftp or scp`

/**
 * Adds the letters; gives one that is not brokered, or null. After `e` stands what the client can do, and no options:
 * were there nothing, the target would take the next word for it, and read the others otherwise than they are read here.
 */
function readLetters(letters: string, seen: Set<string>): string | null {
  for (const [i, letter] of letters.split('').entries()) {
    if (letter === 'e') return /^[0-9.]+[A-Za-z]*$/.test(letters.slice(i + 1)) ? null : 'e'
    if (letter === 'B') return /^\d{1,9}$/.test(letters.slice(i + 1)) ? null : 'B'
    if (!quietLetters.has(letter)) return letter
    seen.add(letter)
  }
  return null
}
