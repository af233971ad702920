// What a path really is on the target: its canonical form with every link followed, and which names in a folder are
// links. The target's own shell is asked, for only it can know; what is then done goes to the path it gave, never to the
// one the client gave.
//
// KNOWN GAP: between the answer and what is done, somebody else on the target can put a link in the way. A client cannot:
// scp makes no links, and other ways to make one are judged.

import { faultOfPath } from '../../../../policy/index.ts'
import { quoteWord } from '../../../guards/commands/words.ts'
import type { Ask } from './ask.ts'

export type Place =
  | { readonly kind: 'folder'; readonly path: string; readonly links: ReadonlySet<string> }
  | { readonly kind: 'file'; readonly path: string }
  /** Nothing is there; the folder it would be in is. */
  | { readonly kind: 'missing'; readonly path: string }
  /** One clause. */
  | { readonly kind: 'failed'; readonly text: string }

export type FindPlace = (given: string) => Promise<Place>

/**
 * POSIX.1-2024 but for `readlink`. `$1` is the path, `$2` the folder it is in, `$3` its name there. Says what it is, the
 * real path of the folder, and of a folder the links in it; the last line tells that nothing is missing. A folder that may
 * not be listed, or a target without such a `find`, would else seem to have no links, and scp would write through them.
 * The real path comes twice: one with a line end in it would else be read as that of another folder.
 */
const script =
  'here() { pwd -P; pwd -P; }; ' +
  'if cd "$1" 2>/dev/null; then echo folder; here; find . -name . -o -prune -type l -print || exit; ' +
  'elif cd "$2" 2>/dev/null; then ' +
  'if [ -L "./$3" ]; then echo link; here; readlink "./$3"; ' +
  'elif [ -e "./$3" ]; then echo file; here; ' +
  'else echo missing; here; fi; ' +
  'else echo nowhere; fi; echo .'
const mostLinks = 16

const failed = (text: string): Place => ({ kind: 'failed', text })
const below = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`)

/** Where paths that are not absolute begin: a shell of the target starts in the account's home. */
const anchored = (given: string): string => (given.startsWith('/') ? given : `./${given}`)

interface Split {
  readonly folder: string
  readonly name: string
}

function split(path: string): Split {
  const at = path.lastIndexOf('/')
  return { folder: path.slice(0, at) || '/', name: path.slice(at + 1) }
}

/** Where a slash stands in a line that is no `./name`, it is of the path: that was not one line. */
function folderOf(path: string, said: readonly string[]): Place {
  const odd = said.some((line) => line.includes('/') && !line.startsWith('./'))
  if (odd) return failed('the target has line ends in its paths: use sftp, which asks it in another way')
  return { kind: 'folder', path, links: new Set(said.map((line) => line.slice(2))) }
}

export function openPlaces(ask: Ask): FindPlace {
  async function find(given: string, hops: number): Promise<Place> {
    const path = anchored(given).replace(/\/+$/, '') || '/'
    const { folder, name } = split(path)
    // A path reaches the script as a parameter: no shell reads it as anything else.
    const reply = await ask(`/bin/sh -c ${quoteWord(script)} sh ${[path, folder, name].map(quoteWord).join(' ')}`)
    if (reply.kind === 'failed') return reply
    const [kind = '', real = '', again, ...rest] = reply.text.split('\n')
    if (kind === 'nowhere') return failed(`there is no folder for \`${given}\` on the target`)
    if (kind === 'folder' && rest.at(-2) !== '.')
      return failed(`the target does not say which names in \`${given}\` are links: use sftp, or name one file there`)
    if (rest.at(-2) !== '.' || again !== real || faultOfPath(real) !== null)
      return failed('the target does not say what its paths are: use sftp, which asks it in another way')
    const said = rest.slice(0, -2)
    if (kind === 'folder') return folderOf(real, said)
    if (name === '' || name === '.' || name === '..') return failed(`\`${given}\` is not a folder on the target`)
    if (kind === 'link') {
      const leadsTo = said.join('\n')
      if (hops === 0 || leadsTo === '') return failed(`the links at \`${given}\` lead nowhere`)
      return find(leadsTo.startsWith('/') ? leadsTo : below(real, leadsTo), hops - 1)
    }
    const full = below(real, name)
    if ((kind === 'file' || kind === 'missing') && said.length === 0) return { kind, path: full }
    return failed('the target answers in a way that is not understood')
  }
  return (given) => find(given, mostLinks)
}
