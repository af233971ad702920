// One scp transfer, folder by folder and file by file, between a side that sends and a side that takes. The gateway takes
// from the one and sends to the other: each file is judged by its path before a byte of it goes on, and crosses as its
// rules say. How content crosses is content.ts's; where a path really is, places.ts's.

import type { FileSwitch, FileVerdict } from '../../../../policy/index.ts'
import type { Airlock, FileDirection } from '../../../airlock/airlock.ts'
import { formatMessage, formatNo, yes, type Answer, type ScpMessage } from '../../../guards/scp/messages.ts'
import { Broken, type Side } from './ends.ts'
import type { FindPlace } from './places.ts'
import { crossFile } from './content.ts'
import { readAnswer, readMessage } from './talk.ts'

type Message<K extends ScpMessage['kind']> = Extract<ScpMessage, { kind: K }>

export interface Transfer {
  readonly direction: FileDirection
  readonly sender: Side
  readonly taker: Side
  readonly recursive: boolean
  readonly preserves: boolean
  readonly airlock: Airlock
  judge(op: FileSwitch, path: string): FileVerdict
  readonly find: FindPlace
  /** A line to the user. */
  say(text: string): void
  readonly signal: AbortSignal
}

/** Where names that come belong. */
export interface Spot {
  /** Real path of the folder on the target. */
  readonly path: string
  /** Names in it that are links. */
  readonly links: ReadonlySet<string>
}

/** What may come at the top, and what it is on either side. */
export interface Top extends Spot {
  /** The name it has to have as it comes, each comes once and in its order; null: any name, any number of them. */
  readonly expected: string | null
  /** What it is called on the target; null: as it comes. */
  readonly onTarget: string | null
  /** What who takes it is told; null: as it comes. */
  readonly told: string | null
}

interface Entry {
  readonly path: string
  readonly told: string
  /** Of a folder. */
  readonly links: ReadonlySet<string>
  readonly isThere: boolean
}

interface Missing {
  readonly op: FileSwitch
  readonly text: string
}
type Found =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'refused'; readonly path: string; readonly text: string }

const no = (text: string): Answer => ({ kind: 'no', fatal: false, text })
const answerBytes = (answer: Answer): Buffer => (answer.kind === 'yes' ? yes : formatNo(answer.text, answer.fatal))
const below = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`)

/** How deep folders may stand in each other. */
const deepest = 64

/**
 * Carries until the sender has nothing more. Gives how many things did not go where they were to.
 * @throws Broken where one side does not keep to the protocol, or has left.
 */
export async function carry(transfer: Transfer, tops: readonly Top[]): Promise<number> {
  const { direction, sender, taker, recursive, preserves } = transfer
  const folders: Spot[] = []
  let times: Message<'times'> | null = null
  let failures = 0
  let left = tops

  /** What the taker said of it goes to the sender; nothing where it was yes. */
  async function pass(answer: Answer): Promise<boolean> {
    if (answer.kind === 'no') failures++
    await sender.send(answerBytes(answer))
    return answer.kind === 'yes'
  }

  /** The sender goes on with the next one; a user who takes is told as scp tells. */
  async function turnDown(text: string): Promise<void> {
    await pass(no(text))
    if (direction === 'out') await taker.send(formatNo(text))
  }

  async function refuse(op: FileSwitch, path: string, text: string): Promise<void> {
    await transfer.airlock.stepped({ program: 'scp', step: op, path, to: null, refused: text })
    await turnDown(text)
  }

  /** What else this needs, where it is not there; null where nothing is missing. */
  function missing(ops: readonly FileSwitch[], path: string): Missing | null {
    for (const op of ops) {
      const verdict = transfer.judge(op, path)
      if (verdict.kind === 'refused') return { op, text: verdict.text }
    }
    return null
  }
  const keeps: readonly FileSwitch[] = direction === 'in' && preserves ? ['setstat'] : []

  /** Which of what was asked for this is: a name that nobody asked for would be written where it likes. */
  function topOf(name: string): Top {
    const at = left.findIndex(({ expected }) => expected === null || expected === name)
    const top = left[at]
    if (top === undefined) throw new Broken(`it sends \`${name}\`, which nobody asked for`)
    if (top.expected !== null) left = left.slice(at + 1)
    return top
  }

  /** Where the name is on the target, before it was asked. */
  function spotOf(name: string) {
    const here = folders.at(-1)
    if (here !== undefined) return { path: below(here.path, name), told: name, isLink: here.links.has(name) }
    const top = topOf(name)
    const onTarget = top.onTarget ?? name
    return { path: below(top.path, onTarget), told: top.told ?? name, isLink: top.links.has(onTarget) }
  }

  async function entryOf(name: string, isFolder: boolean): Promise<Found> {
    const { path, told, isLink } = spotOf(name)
    if (!isLink && !isFolder) return { kind: 'entry', entry: { path, told, links: new Set(), isThere: true } }
    // What takes a file follows a link as it is then; what gives one out is judged by what the link leads to.
    if (isLink && direction === 'in')
      return { kind: 'refused', path, text: `\`${path}\` is a link on the target: name what it leads to` }
    const place = await transfer.find(path)
    if (place.kind === 'failed') return { kind: 'refused', path, text: place.text }
    const links = place.kind === 'folder' ? place.links : new Set<string>()
    return { kind: 'entry', entry: { path: place.path, told, links, isThere: place.kind !== 'missing' } }
  }

  async function folder(message: Message<'folder'>): Promise<void> {
    if (!recursive) throw new Broken('it sends a folder, which nobody asked for')
    if (folders.length >= deepest) throw new Broken(`folders stand in each other more than ${deepest} deep`)
    const found = await entryOf(message.name, true)
    if (found.kind === 'refused') return refuse('list', found.path, found.text)
    const { path, told, links, isThere } = found.entry
    // Who goes into a folder that is there, to bring something, changes nothing yet.
    const makes = direction === 'in' && !isThere
    const needed: readonly FileSwitch[] = direction === 'out' ? ['list'] : makes ? ['mkdir'] : []
    const lacks = missing([...needed, ...keeps], path)
    if (lacks !== null) return refuse(lacks.op, path, lacks.text)
    const answer = await announce(message, told)
    if (answer.kind === 'yes') {
      if (makes) await transfer.airlock.stepped({ program: 'scp', step: 'mkdir', path, to: null, refused: null })
      folders.push({ path, links })
    }
    await pass(answer)
  }

  /** The taker's answer to the times, if there are any, and to the entry itself. */
  async function announce(message: Message<'folder' | 'file'>, told: string): Promise<Answer> {
    if (times !== null) {
      await taker.send(formatMessage(times))
      const answer = await readAnswer(taker)
      if (answer.kind === 'no') return answer
    }
    // Bits that make a program run as somebody else are attributes, and go with them only.
    const mode = preserves ? message.mode : message.mode & 0o777
    await taker.send(formatMessage({ ...message, mode, name: told }))
    return readAnswer(taker)
  }

  async function file(message: Message<'file'>): Promise<void> {
    const found = await entryOf(message.name, false)
    const op = direction === 'in' ? 'write' : 'read'
    if (found.kind === 'refused') return refuse(op, found.path, found.text)
    const { path, told } = found.entry
    const verdict = transfer.judge(op, path)
    if (verdict.kind === 'refused') return refuse(op, path, verdict.text)
    const lacks = missing(keeps, path)
    if (lacks !== null) return refuse(lacks.op, path, `${lacks.text} (leave out \`-p\`)`)
    const { size } = message
    if (size > verdict.largest)
      return refuse(op, path, `\`${path}\` has ${size} bytes: at most ${verdict.largest} may cross`)
    const outcome = await crossFile(
      { ...transfer, offer: { program: 'scp', direction, path, allowance: verdict }, size },
      {
        announce: () => announce(message, told),
        accept: () => sender.send(yes),
        bar: () => missing([op, ...keeps], path)?.text ?? null,
      },
    )
    switch (outcome.kind) {
      case 'answered':
        await pass(outcome.answer)
        return
      case 'refused':
        // The airlock keeps its own refusals as evidence.
        return turnDown(outcome.text)
    }
  }

  for (;;) {
    const message = await readMessage(sender)
    if (message === null) return failures
    switch (message.kind) {
      case 'malformed':
        throw new Broken(message.text)
      case 'error':
        failures++
        await taker.send(formatMessage(message))
        if (message.fatal) return failures
        break
      case 'times':
        if (!preserves) throw new Broken('it sends times, which nobody asked for')
        times = message
        await sender.send(yes)
        break
      case 'end':
        if (folders.pop() === undefined) throw new Broken('it ends a folder that never began')
        await taker.send(formatMessage(message))
        await pass(await readAnswer(taker))
        break
      case 'folder':
        await folder(message)
        times = null
        break
      case 'file':
        await file(message)
        times = null
    }
  }
}
