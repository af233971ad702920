// Replaying a recording: in the terminal, as a cast or transcript, or as the bytes that crossed; from a gateway or from a folder.

import { createHash } from 'node:crypto'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { parseCastEvent, parseCastHeader, type CastEvent, type CastHeader } from '../cast.ts'
import { addCommand, asDuration, asNumber, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { exitCodes, type ExitCode, Failure, messageOf, misused } from '../failure.ts'
import type { Output } from '../output.ts'
import { plain, shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import {
  folderSource,
  gatewaySource,
  isFolder,
  type PartWish,
  type ReplayLines,
  type ReplaySource,
} from '../replay-source.ts'

interface ReplayOptions extends RemoteOptions {
  readonly purpose?: string
  readonly speed: number
  readonly idleLimit: number
  readonly channel?: number
  /** Ms. */
  readonly from?: number
  readonly until?: number
  readonly follow?: true
  readonly input?: true
  readonly format?: 'v2' | 'v3' | 'text'
  readonly save?: string
  readonly session?: string
  readonly key?: string
  readonly identity?: string
}

export function addReplayCommand(program: Command, invocation: Invocation): void {
  addCommand<ReplayOptions>(program, invocation, {
    name: 'replay <session>',
    about:
      'Replays one channel of a recording. The purpose is kept as evidence, as is that you viewed it. What a target wrote\n' +
      'cannot act on your terminal: titles, links, clipboard and queries are taken out. Space pauses, q or Ctrl-C ends.\n' +
      'Where standard output is no terminal everything comes at once; with --json as a list of events.\n\n' +
      'Instead of a session it takes the folder of an export, or of one recording with its key: then there is no gateway,\n' +
      'and no purpose to state. A session that is at work now is watched with --follow.',
    examples: [
      'replay ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --purpose "review of CHG-4711"',
      'replay ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --purpose "incident 17" --from 1h2m --speed 4 --idle-limit 1',
      'replay ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --purpose "shift is watching" --follow',
      'replay ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --purpose "report" --format text > transcript.txt',
      'replay ./evidence --session ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --from 5m',
      'replay ./ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --identity escrow.txt --save ./files',
    ],
    exits: [
      '0  replayed to its end',
      '1  refused or failed',
      '2  the command line is wrong',
      '130  stopped by q or Ctrl-C',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--purpose <text>', 'why it is viewed; kept as evidence; a gateway asks for it')
        .option('--from <time>', 'begin with the screen at this time, such as `1h2m`', asDuration)
        .option('--until <time>', 'end before this time', asDuration)
        .option('--speed <factor>', '2 is twice as fast', asNumber(0.1, 100, false), 1)
        .option('--idle-limit <seconds>', 'cut longer silences to this', asNumber(0, 86_400, false), 2)
        .option('--follow', 'of a session at work: from its screen now on, as it comes')
        .option('--input', 'with --format: also what was typed')
        .option(
          '--format <format>',
          '`v2` or `v3` writes an asciicast, `text` a transcript, instead of playing',
          asFormat,
        )
        .option('--save <folder>', 'save what crossed, byte for byte, with SHA256SUMS, instead of playing')
        .option('--session <id>', 'which recording of an export')
        .option('--key <file>', 'session key of a folder, as `age -d -i IDENTITY key.age` prints it')
        .option('--identity <file>', 'age identity that opens the key of a folder')
        .option(
          '--channel <n>',
          'which channel (default: the first that is a terminal or command)',
          asNumber(0, 9_999, true),
        ),
    run: async (context, options, [session = '']) => {
      if (await isFolder(session)) {
        if (options.follow) throw misused('--follow watches a session at a gateway: a folder is only read')
        return replay(context, options, await folderSource(session, options))
      }
      const { purpose } = options
      if (purpose === undefined)
        throw misused(
          'say why with --purpose TEXT: it is kept as evidence (a folder needs none, and there is none here)',
        )
      return withGateway(context, options, async (gateway) =>
        replay(context, options, await gatewaySource(gateway, session, purpose)),
      )
    },
  })
}

async function replay(context: Context, options: ReplayOptions, source: ReplaySource): Promise<ExitCode> {
  const { output } = context
  const channel = chooseChannel(source, options.channel)
  if (options.save !== undefined) return save(output, source, channel.channel, options.save)
  const { format, follow } = options
  const wish: PartWish = {
    format: format ?? 'v2',
    from: options.from !== undefined ? options.from / 1000 : follow ? await source.duration(channel.channel) : 0,
    until: options.until === undefined ? null : options.until / 1000,
    input: options.input === true,
    follow: follow === true,
  }
  const part = await source.part(channel.channel, wish)
  if (format !== undefined) {
    if (output.json) throw misused('--format writes lines of its own: leave out --json')
    for await (const line of part.lines) await output.write(`${line}\n`)
    return exitCodes.ok
  }
  const cast = await openCast(part)
  const { header } = cast
  if (output.json) {
    await writeJson(
      output,
      { session: source.session, channel: channel.channel, kind: channel.kind, header },
      cast.events,
    )
    return exitCodes.ok
  }
  const began = header.timestamp === null ? '' : `, ${showInstant(header.timestamp * 1000)}`
  const doing = follow ? 'Watching' : 'Replaying'
  output.note(shown`${doing} ${source.session} channel ${channel.channel} (${channel.kind}${began})`)
  const { columns, rows } = process.stdout
  if (output.terminal && (columns < header.width || rows < header.height)) {
    output.note(
      `recorded at ${header.width}x${header.height}; this terminal is ${columns}x${rows} and will show it broken`,
    )
  }
  return watch(output, cast, options)
}

async function watch(output: Output, cast: Cast, { speed, idleLimit, follow }: ReplayOptions): Promise<ExitCode> {
  const { play } = await import('../player.ts')
  // What is happening now is shown when it comes.
  const pace = follow ? { factor: 1, idleLimit: 0 } : { factor: speed, idleLimit }
  if (!output.terminal) {
    await play(cast.events, { write: output.write, until: async () => true, end: async () => undefined }, pace)
    return exitCodes.ok
  }
  const { openScreen } = await import('../terminal-screen.ts')
  // Closing the stream lets go of an event that is being waited for.
  const screen = openScreen(output, cast.close)
  let ended: string | null = null
  try {
    const { whole, lastMarker } = await play(cast.events, screen, pace)
    if (whole) ended = lastMarker === null ? '' : ` (${plain(lastMarker)})`
  } catch (error) {
    if (!screen.stopped) throw error
  } finally {
    screen.close()
  }
  output.note(ended === null ? 'Stopped' : `End of the recording${ended}`)
  return ended === null ? exitCodes.interrupted : exitCodes.ok
}

function chooseChannel(
  { session, channels }: ReplaySource,
  asked: number | undefined,
): ReplaySource['channels'][number] {
  const found =
    asked === undefined
      ? (channels.find(({ kind }) => kind === 'pty' || kind === 'exec') ?? channels[0])
      : channels.find(({ channel }) => channel === asked)
  if (found !== undefined) return found
  const has = channels.map(({ channel, kind }) => `${channel} (${kind})`).join(', ')
  throw new Failure(
    `recording \`${session}\`: ${asked === undefined ? 'has no channel to replay' : `has no channel ${asked}: it has ${has || 'none'}`}`,
  )
}

/** One file for each direction in which something crossed, and their digests as `sha256sum -c` reads them. */
async function save(output: Output, source: ReplaySource, channel: number, folder: string): Promise<ExitCode> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const saved: { file: string; bytes: number; sha256: string }[] = []
  for (const { direction, sha256: stated, read } of await source.raw(channel)) {
    const name = `${source.session}.${String(channel).padStart(4, '0')}.${direction}`
    const hash = createHash('sha256')
    let bytes = 0
    const file = await open(join(folder, name), 'wx', 0o600).catch((error: unknown) => {
      throw new Failure(`\`${join(folder, name)}\`: ${messageOf(error)}: choose a new folder`, { cause: error })
    })
    try {
      for await (const piece of read()) {
        hash.update(piece)
        bytes += piece.length
        await file.writeFile(piece)
      }
    } finally {
      await file.close()
    }
    const sha256 = hash.digest('hex')
    if (stated !== null && stated !== sha256)
      throw new Failure(`\`${name}\`: expected SHA-256 \`${stated}\`, got \`${sha256}\`: it was not carried over whole`)
    saved.push({ file: name, bytes, sha256 })
  }
  await writeFile(join(folder, 'SHA256SUMS'), saved.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join(''))
  await output.answer({ folder, files: saved }, () =>
    saved.length === 0
      ? 'Nothing crossed this channel'
      : saved.map(({ file, bytes, sha256 }) => `${sha256}  ${file} (${bytes} bytes)`).join('\n'),
  )
  return exitCodes.ok
}

interface Cast {
  readonly header: CastHeader
  readonly events: AsyncGenerator<CastEvent, void>
  close(): void
}

async function openCast({ lines: all, close }: ReplayLines): Promise<Cast> {
  const lines = all[Symbol.asyncIterator]()
  const first = await lines.next()
  const header = first.done === true ? null : parseCastHeader(first.value)
  if (header === null)
    throw new Failure('cast: expected an asciicast v2 header: the recording has nothing readable in this channel')
  async function* events(): AsyncGenerator<CastEvent, void> {
    for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
      const event = parseCastEvent(next.value)
      if (event === null)
        throw new Failure('cast: expected an event `[time, code, text]`: the answer is damaged, try again')
      yield event
    }
  }
  return { header, events: events(), close }
}

/** One document, written as it comes: a long recording is not held in memory. */
async function writeJson(output: Output, head: object, events: AsyncIterable<CastEvent>): Promise<void> {
  await output.write(`${JSON.stringify(head).slice(0, -1)},"events":[`)
  let separator = ''
  for await (const { at, code, text } of events) {
    await output.write(`${separator}\n${JSON.stringify([at, code, text])}`)
    separator = ','
  }
  await output.write(']}\n')
}

function asFormat(text: string): 'v2' | 'v3' | 'text' {
  if (text === 'v2' || text === 'v3' || text === 'text') return text
  throw new InvalidArgumentError('expected `v2`, `v3` or `text`')
}
