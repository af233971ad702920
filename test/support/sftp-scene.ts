// An SFTP conversation between a client of the test and OpenSSH's real sftp-server in a temporary folder, with an airlock
// in memory that lets go what the test says.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Airlock, CrossedFile, FileOffer, FileStep, HeldFile, Settled } from '../../gateway/airlock/airlock.ts'
import { openFlow, type BrokeredSession, type Flow } from '../../gateway/brokers/broker.ts'
import { SftpConversation } from '../../gateway/brokers/ssh/sftp/conversation.ts'
import { SftpTarget, type Question } from '../../gateway/brokers/ssh/sftp/target.ts'
import { packetTypes } from '../../gateway/guards/sftp/codes.ts'
import { PacketSplitter } from '../../gateway/guards/sftp/splitter.ts'
import { writeRequest } from '../../gateway/guards/sftp/requests.ts'
import type { Expected, SftpReply } from '../../gateway/guards/sftp/replies.ts'
import type { FilePermission, FileRule, FileSwitch } from '../../policy/index.ts'

/** Ids of what `ask` asks. */
const firstOwn = 0xc000_0000
const all: readonly FileSwitch[] = ['list', 'read', 'write', 'delete', 'rename', 'mkdir', 'setstat', 'symlink']

export const fileRule = (id: string, paths: readonly string[], change: Partial<FileRule> = {}): FileRule => ({
  id,
  text: `rule ${id}`,
  paths,
  allow: all,
  deny: [],
  upload: 'pass',
  download: 'pass',
  withoutVerdict: 'hold',
  releasedBy: [],
  declaredOnly: false,
  largest: 1 << 30,
  retention: null,
  ...change,
})

/** What the airlock was given, as it stands now. */
export interface Kept {
  readonly offer: FileOffer
  readonly bytes: () => Buffer
  readonly end: () => string | null
}

export interface SftpScene {
  /** Where sftp-server starts: canonical. */
  readonly folder: string
  readonly session: Pick<BrokeredSession, 'files' | 'flow' | 'airlock'>
  readonly crossed: CrossedFile[]
  readonly steps: FileStep[]
  readonly kept: Kept[]
  readonly told: string[]
  readonly events: Readonly<Record<string, unknown>>[]
  /** What went to the target: type of packet and the packet. */
  readonly toTarget: Buffer[]
  /** Answers to what was sent by hand. */
  readonly others: Buffer[]
  readonly ended: () => string | null
  setFlow(flow: Partial<Flow>): void
  setPermission(permission: FilePermission): void
  settleWith(settle: (kept: Kept) => Promise<Settled>): void
  ask(question: Question, expected?: Expected): Promise<SftpReply>
  /** Bytes straight from the client. */
  send(bytes: Uint8Array): void
  /** What is written does not reach the target, until it is let go. */
  holdWrites(): void
  releaseWrites(): void
  tidy(withinMs: number): Promise<void>
  /** The channel is over. */
  abandon(): Promise<void>
  close(): Promise<void>
}

export const permissionOf = (rules: readonly FileRule[]): FilePermission => ({
  granted: { allow: all, paths: ['/**'] },
  rules,
  declared: [],
})

/**
 * Opens it; the client has had its VERSION when this resolves.
 * @param beside another channel of its session, in the same folder: what crosses and may cross is that one's.
 */
export async function openSftpScene(
  rulesIn: (folder: string) => readonly FileRule[],
  beside?: SftpScene,
): Promise<SftpScene> {
  const folder = beside?.folder ?? (await realpath(await mkdtemp(join(tmpdir(), 'sftp-'))))
  const child = spawn('/usr/lib/openssh/sftp-server', ['-e'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
  let permission = permissionOf(rulesIn(folder))
  let flow: Flow = openFlow
  let settle = (kept: Kept): Promise<Settled> => Promise.resolve(releasedAs(kept))
  let ended: string | null = null
  let heldWrites: Buffer[] | null = null
  const scene = {
    crossed: [] as CrossedFile[],
    steps: [] as FileStep[],
    kept: [] as Kept[],
    told: [] as string[],
    events: [] as Readonly<Record<string, unknown>>[],
    toTarget: [] as Buffer[],
    others: [] as Buffer[],
  }
  const airlock: Airlock = {
    takeIn(offer) {
      const file = memoryFile(offer, (kept) => settle(kept))
      scene.kept.push(file.kept)
      return Promise.resolve({ kind: 'open', file: file.held })
    },
    crossed: (file) => Promise.resolve(void scene.crossed.push(file)),
    stepped: (step) => Promise.resolve(void scene.steps.push(step)),
  }
  const session = beside?.session ?? { files: () => permission, flow: () => flow, airlock }
  const answers = new PacketSplitter()
  const version = Promise.withResolvers<void>()
  let isGreeted = false
  const client = new SftpTarget((frame) => conversation.takeFromClient(Buffer.from(frame)))
  const conversation: SftpConversation = new SftpConversation({
    session,
    toTarget(frame) {
      scene.toTarget.push(frame)
      if (heldWrites !== null && frame.readUInt8(4) === packetTypes.write) heldWrites.push(frame)
      else child.stdin.write(frame)
    },
    toClient({ frame }) {
      for (const answer of answers.take(frame)) {
        if (!isGreeted) version.resolve()
        else if (answer.readUInt32BE(5) >= firstOwn) client.take(answer)
        else scene.others.push(answer)
        isGreeted = true
      }
    },
    tell: (text) => void scene.told.push(text),
    event: (event) => void scene.events.push(event),
    onRoom: () => undefined,
    targetHasRoom: () => null,
    clientHasRoom: () => null,
    onEnd(text, error) {
      ended = error instanceof Error ? `${text}: ${error.stack}` : text
      client.gone()
    },
  })
  child.stdout.on('data', (bytes: Buffer) => conversation.takeFromTarget(bytes))
  const over = new Promise((resolve) => child.once('close', resolve))
  child.once('close', () => conversation.targetGone())
  conversation.takeFromClient(writeRequest({ kind: 'init', version: 3 }))
  await version.promise
  return {
    ...scene,
    folder,
    session,
    ended: () => ended,
    setFlow: (change) => (flow = { ...flow, ...change }),
    setPermission: (next) => (permission = next),
    settleWith: (next) => (settle = next),
    async ask(question, expected) {
      return (await client.ask(question, expected ?? expectedOf(question))).reply
    },
    send: (bytes) => conversation.takeFromClient(Buffer.from(bytes)),
    holdWrites: () => void (heldWrites = []),
    releaseWrites() {
      for (const frame of heldWrites ?? []) child.stdin.write(frame)
      heldWrites = null
    },
    tidy: (withinMs) => conversation.tidy(withinMs),
    abandon: () => conversation.abandon(),
    async close() {
      await conversation.abandon()
      child.stdin.end()
      await over
      if (!beside) await rm(folder, { recursive: true, force: true })
    },
  }
}

const expectations: Partial<Record<Question['kind'], Expected['kind']>> = {
  open: 'handle',
  opendir: 'handle',
  stat: 'attrs',
  lstat: 'attrs',
  fstat: 'attrs',
  readdir: 'names',
  realpath: 'name',
  readlink: 'name',
  'expand-path': 'name',
  statvfs: 'extended',
  fstatvfs: 'extended',
  limits: 'extended',
}

function expectedOf(question: Question): Expected {
  if (question.kind === 'read') return { kind: 'data', most: question.length }
  return { kind: expectations[question.kind] ?? 'done' } as Expected
}

const releasedAs = (kept: Kept): Settled => ({
  kind: 'released',
  size: kept.bytes().length,
  sha256: createHash('sha256').update(kept.bytes()).digest('hex'),
})

function memoryFile(offer: FileOffer, settle: (kept: Kept) => Promise<Settled>): { kept: Kept; held: HeldFile } {
  let content = Buffer.alloc(0)
  let end: string | null = null
  const kept: Kept = { offer, bytes: () => content, end: () => end }
  const held: HeldFile = {
    id: `fil-${Math.random().toString(36).slice(2, 10)}`,
    get size() {
      return content.length
    },
    write(offset, bytes) {
      if (offset + bytes.length > offer.allowance.largest) return Promise.resolve('the file is too large')
      if (offset + bytes.length > content.length)
        content = Buffer.concat([content, Buffer.alloc(offset + bytes.length - content.length)])
      content.set(bytes, offset)
      return Promise.resolve(null)
    },
    read: (offset, length) => Promise.resolve(content.subarray(offset, offset + length)),
    truncate(size) {
      content = Buffer.concat([content.subarray(0, size), Buffer.alloc(Math.max(0, size - content.length))])
      return Promise.resolve(null)
    },
    settle: () => settle(kept),
    delivered: (text) => Promise.resolve(void (end = `delivered: ${text ?? 'yes'}`)),
    abandon: (text) => Promise.resolve(void (end = `abandoned: ${text}`)),
  }
  return { kept, held }
}
