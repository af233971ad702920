// Which file program a command line starts on the target, if it starts one and nothing else: what OpenSSH's scp, PuTTY's
// pscp, rsync and git send, and ssh-copy-id's script. Everything that merely looks alike is a command like any other.
// What such a program may do to which path is not decided here.

import { pathOf, wildcardText, type GivenPath, type RefusedCall } from './given-path.ts'
import { recogniseRsync, type RsyncCall } from './rsync.ts'
import { splitWords, type Word } from './words.ts'

export interface ScpCall {
  readonly kind: 'scp'
  /** `sink` takes files in, `source` gives them out. */
  readonly role: 'sink' | 'source'
  readonly recursive: boolean
  readonly preserves: boolean
  /** The path has to be a folder. */
  readonly folder: boolean
  readonly paths: readonly GivenPath[]
}

export interface GitCall {
  readonly kind: 'git'
  readonly service: 'git-upload-pack' | 'git-receive-pack'
  readonly path: GivenPath
}

export type Recognised = ScpCall | RsyncCall | GitCall | RefusedCall | { readonly kind: 'command' }

const command: Recognised = { kind: 'command' }

/** Folders that a program may be called in by its full path. */
const programFolders = [
  '/bin/',
  '/usr/bin/',
  '/usr/local/bin/',
  '/usr/lib/',
  '/usr/lib/openssh/',
  '/usr/libexec/',
  '/usr/libexec/openssh/',
]
/** Variables that may stand before it: they change no file. They do not reach the target. */
const harmless = /^(?:LANG|LC_[A-Z]+|GIT_PROTOCOL)=/

export function recognise(line: string): Recognised {
  if (isKeyCopy(line))
    return {
      kind: 'refused',
      program: 'ssh-copy-id',
      text: 'keys on the target are the plant’s: the gateway logs in there, and your own key is for the gateway alone',
    }
  const all = splitWords(line)
  const words = all && afterPrefixes(all)
  const [first, ...given] = words ?? []
  if (first === undefined || first.bare !== 'none') return command
  switch (programOf(first.text)) {
    case 'scp':
      return recogniseScp(given)
    case 'rsync':
      return recogniseRsync(given) ?? command
    case 'git-upload-pack':
    case 'git-receive-pack':
      return recogniseGit(programOf(first.text), given)
    case 'git':
      return recogniseGit(`git-${given[0]?.text ?? ''}`, given.slice(1))
    case 'sftp-server':
      return {
        kind: 'refused',
        program: 'sftp-server',
        text: 'the SFTP server is not started as a command here: use the subsystem, as `sftp` does by itself',
      }
    default:
      return command
  }
}

/** `exec` and harmless variables, by themselves or behind `env`; null where something else stands there. */
function afterPrefixes(words: readonly Word[]): readonly Word[] | null {
  let from = 0
  const skipVariables = (): void => {
    while (harmless.test(words[from]?.text ?? '')) from++
  }
  skipVariables()
  if (words[from]?.text === 'exec') from++
  if (programOf(words[from]?.text ?? '') === 'env') {
    from++
    skipVariables()
  }
  return from < words.length ? words.slice(from) : null
}

function programOf(text: string): string {
  const folder = text.slice(0, text.lastIndexOf('/') + 1)
  return folder === '' || programFolders.includes(folder) ? text.slice(folder.length) : ''
}

/** `scp [-v] [-r] [-p] [-d] -t|-f [--] path...` (OpenSSH scp.c; the letters may stand together). */
function recogniseScp(words: readonly Word[]): Recognised {
  const flags = new Set<string>()
  let from = 0
  for (; from < words.length; from++) {
    const { text, bare } = words[from] ?? { text: '', bare: 'none' }
    if (text === '--' && bare === 'none') {
      from++
      break
    }
    if (!text.startsWith('-') || text === '-') break
    if (!/^-[dfprtvq]+$/.test(text)) return command
    for (const letter of text.slice(1)) flags.add(letter)
  }
  if (flags.has('t') === flags.has('f')) return command
  const role = flags.has('t') ? 'sink' : 'source'
  const paths: GivenPath[] = []
  for (const word of words.slice(from)) {
    const path = pathOf(word)
    if (path === null)
      return { kind: 'refused', program: 'scp', text: wildcardText(word.text, 'use scp without `-O`, or sftp') }
    paths.push(path)
  }
  if (paths.length === 0 || paths.length > 256) return command
  if (role === 'sink' && paths.length > 1)
    return {
      kind: 'refused',
      program: 'scp',
      text: `scp brings files to one path, got ${paths.length}: put quotes around blanks in it, for the target too`,
    }
  return {
    kind: 'scp',
    role,
    recursive: flags.has('r'),
    preserves: flags.has('p'),
    folder: flags.has('d'),
    paths,
  }
}

/** `git-upload-pack 'path'` and `git-receive-pack 'path'`; git expands a `~` in quotes itself (git connect.c, path.c). */
function recogniseGit(service: string, [word, ...more]: readonly Word[]): Recognised {
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') return command
  if (word === undefined || more.length > 0 || word.text.startsWith('-')) return command
  const path = pathOf(word.text.startsWith('~') ? { text: word.text, bare: 'home' } : word)
  if (path === null)
    return { kind: 'refused', program: 'git', text: `\`${word.text}\` is not one path: name the repository in full` }
  return { kind: 'git', service, path }
}

/**
 * The scripts of ssh-copy-id, of OpenSSH 5 to 10 and of dropbear. A courtesy and no barrier: they end in a sentence
 * instead of a key that the plant does not know of.
 */
function isKeyCopy(line: string): boolean {
  const plain = line.replace(/^\s*(?:exec )?(?:\/bin\/)?sh -c ['"]/, '').trimStart()
  return /^(?:cd ?; ?)?umask 0?77 ?;/.test(plain) && plain.includes('authorized_keys')
}
