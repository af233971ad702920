// rsync and git on a channel: programs whose stream cannot be judged file by file. They run where everything at their path
// and below it may be read or written as it comes, on the path as it really is, with options that stay within it; else
// they are refused with a sentence that names a program whose files can be judged.

import { judgeTree, type FileSwitch } from '../../../../policy/index.ts'
import type { FileAllowance, FileDirection, FileOffer } from '../../../airlock/airlock.ts'
import type { GitCall } from '../../../guards/commands/recognise.ts'
import type { RsyncCall } from '../../../guards/commands/rsync.ts'
import { joinWords } from '../../../guards/commands/words.ts'
import { parentOf } from '../../../guards/sftp/paths.ts'
import type { BrokeredSession, ChannelRecord } from '../../broker.ts'
import { startRelay } from '../relay.ts'
import { startOwn } from './own-commands.ts'
import type { ProgramParts, Ran } from './parts.ts'
import type { FindPlace } from './places.ts'

/** What is done to a tree, and by which command. */
interface TreeWork {
  readonly program: 'rsync' | 'git'
  readonly direction: FileDirection
  readonly path: string
  /** What all of it has to be allowed for: the path, or the folder it is in where something is put beside it. */
  readonly tree: string
  /** The first one is what its content crosses by. */
  readonly needs: readonly [FileSwitch, ...FileSwitch[]]
  command(allowance: FileAllowance): string
}

type Planned = { readonly kind: 'work'; readonly work: TreeWork } | { readonly kind: 'refused'; readonly text: string }
type Judged =
  | { readonly kind: 'allowed'; readonly allowance: FileAllowance }
  | { readonly kind: 'refused'; readonly op: FileSwitch; readonly text: string }

const refused = (text: string): Planned => ({ kind: 'refused', text })

/** How to do without a switch that was not given. */
const without: Partial<Record<FileSwitch, string>> = {
  mkdir: 'rsync makes the folders it is told to: name a file that is there, or use sftp or scp',
  symlink: 'leave links out with `--no-links` and without `--hard-links`',
  setstat: 'leave attributes out with `--no-perms --no-owner --no-group --no-times`, or use `-r` in place of `-a`',
  rename: 'leave out `--backup`',
  delete: 'leave out `--delete`',
}

async function planRsync(call: RsyncCall, find: FindPlace): Promise<Planned> {
  const [given, ...more] = call.paths
  if (given === undefined || more.length > 0) return refused('rsync brings or fetches one path at a time here')
  const place = await find(given)
  if (place.kind === 'failed') return refused(place.text)
  if (place.kind === 'missing' && call.direction === 'out') return refused(`there is no \`${given}\` on the target`)
  const isOut = call.direction === 'out'
  // With a slash at its end it is what is in the folder, and without one the folder (rsync.1, USAGE).
  const path = given.endsWith('/') && place.path !== '/' ? `${place.path}/` : place.path
  // Who takes files makes every folder that is sent, whatever the options say: a client need not say what it will do.
  // Only onto a file that is there no folder comes.
  const made: readonly FileSwitch[] = place.kind === 'file' ? [] : ['mkdir']
  // What is no folder yet may become a file.
  const isBeside = !isOut && call.writesBeside && place.kind !== 'folder' && !given.endsWith('/')
  return {
    kind: 'work',
    work: {
      program: 'rsync',
      direction: call.direction,
      path: place.path,
      tree: isBeside ? parentOf(place.path) : place.path,
      needs: isOut ? ['read', 'list'] : ['write', ...new Set([...made, ...call.needs])],
      command({ largest }) {
        // Who takes files leaves out larger ones; of what is fetched that is the client, which nobody can oblige.
        const most = Math.min(largest, call.largest ?? largest)
        const limit = isOut || !Number.isSafeInteger(most) ? [] : [`--max-size=${most}`]
        return joinWords(['rsync', '--server', ...(isOut ? ['--sender'] : []), ...call.options, ...limit, '.', path])
      },
    },
  }
}

/** The repository that git would take for this path (path.c, enter_repo), found out before it looks for one itself. */
async function repositoryAt(given: string, find: FindPlace): Promise<Planned | string> {
  const plain = given.replace(/\/+$/, '') || '/'
  for (const candidate of [`${plain}/.git`, plain, `${plain}.git`]) {
    const place = await find(candidate)
    if (place.kind === 'file' && candidate.endsWith('/.git'))
      return refused(`\`${given}\` keeps its repository elsewhere: name that one`)
    if (place.kind !== 'folder') continue
    const head = await find(`${place.path}/HEAD`)
    if (head.kind === 'file') return place.path
  }
  return refused(`there is no git repository at \`${given}\` on the target`)
}

async function planGit({ service, path: given }: GitCall, find: FindPlace): Promise<Planned> {
  const path = await repositoryAt(given, find)
  if (typeof path !== 'string') return path
  const isOut = service === 'git-upload-pack'
  return {
    kind: 'work',
    work: {
      program: 'git',
      direction: isOut ? 'out' : 'in',
      path,
      tree: path,
      needs: isOut ? ['read', 'list'] : ['write'],
      command: () => joinWords([service, path]),
    },
  }
}

function judgeWork({ program, tree, needs }: TreeWork, session: BrokeredSession): Judged {
  const permission = session.files()
  let content: FileAllowance | null = null
  for (const op of needs) {
    const verdict = judgeTree(permission, op, tree)
    if (verdict.kind === 'refused') {
      const hint = program === 'rsync' ? without[op] : undefined
      return {
        kind: 'refused',
        op,
        text: `${verdict.text}, and all that is below it${hint === undefined ? '' : `: ${hint}`}`,
      }
    }
    if (content === null && (verdict.crossing !== 'pass' || verdict.declaredOnly))
      return {
        kind: 'refused',
        op,
        text: `files at \`${tree}\` are looked at one by one, and ${program} sends them mingled: use sftp or scp`,
      }
    content ??= verdict
  }
  if (content === null) throw new Error('a program that needs nothing')
  return { kind: 'allowed', allowance: content }
}

/** The record, and how many bytes of content it has seen go by. */
function counting(record: ChannelRecord, direction: FileDirection) {
  let bytes = 0
  const counted: ChannelRecord = {
    ...record,
    data(from, pieces, written) {
      const length = from === direction ? pieces.reduce((sum, piece) => sum + piece.length, 0) : 0
      record.data(from, pieces, () => {
        bytes += length
        written()
      })
    },
  }
  return { counted, bytes: () => bytes }
}

/** Runs to the end of the channel. */
export async function runTree(call: RsyncCall | GitCall, parts: ProgramParts): Promise<Ran> {
  const { session, record, find, log } = parts
  // Both talk back and forth: without input they would wait for ever.
  if (!session.flow().input)
    return {
      kind: 'refused',
      text: `${call.kind} needs what you send to reach the target, which it does not now: use sftp or scp`,
    }
  const planned = await (call.kind === 'git' ? planGit(call, find) : planRsync(call, find))
  if (planned.kind === 'refused') return planned
  const { work } = planned
  const { program, path, tree } = work
  const judged = judgeWork(work, session)
  if (judged.kind === 'refused') {
    await session.airlock.stepped({ program, step: judged.op, path: tree, to: null, refused: judged.text })
    return judged
  }
  const command = work.command(judged.allowance)
  record.event({ event: 'started', command })
  const started = await startOwn(parts.target, command)
  if (started.kind === 'failed') return { kind: 'refused', text: started.text }
  started.channel.on('error', (err: Error) => log.debug({ err }, 'Target channel failed'))
  const { counted, bytes } = counting(record, work.direction)
  const relay = startRelay(
    parts.channel,
    started.channel,
    started.exit,
    counted,
    false,
    (code) => session.unlock(code),
    (err) => log.error({ err, sessionId: session.id }, 'Recording failed; the session ends'),
  )
  parts.relaying(relay)
  await relay.ended
  const offer: FileOffer = { program, direction: work.direction, path, allowance: judged.allowance }
  await session.airlock.crossed({ ...offer, bytes: bytes(), sha256: null })
  return { kind: 'ran', relay }
}
