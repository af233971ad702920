// Recordings: which there are, and replaying one in the terminal.

import type { Command } from 'commander'
import type { ReplayView } from '../../contract/views.ts'
import { parseCastEvent, parseCastHeader, readLines, type CastEvent, type CastHeader } from '../cast.ts'
import type { Gateway } from '../client.ts'
import { addCommand, asNumber, type Context, type Invocation } from '../command.ts'
import { showDuration, showInstant } from '../duration.ts'
import { exitCodes, type ExitCode, Failure } from '../failure.ts'
import type { Output } from '../output.ts'
import { plain, shown } from '../plain.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'

interface ReplayOptions extends RemoteOptions {
  readonly purpose: string
  readonly speed: number
  readonly idleLimit: number
  readonly channel?: number
}

export function addRecordingCommands(program: Command, invocation: Invocation): void {
  addCommand<RemoteOptions & { readonly limit: number }>(program, invocation, {
    name: 'recordings [session]',
    about: 'Lists recordings, newest first; with a session shows that one with its channels.',
    examples: ['recordings', 'recordings ses_01hzy8x5r2k3m4n5p6q7r8s9t0'],
    options: (command) => limitOption(remoteOptions(command)),
    run: (context, options, [session]) =>
      session === undefined ? list(context, options) : show(context, options, session),
  })
  addCommand<ReplayOptions>(program, invocation, {
    name: 'replay <session>',
    about:
      'Replays one channel of a recording. The purpose is kept as evidence, as is that you viewed it. What a target wrote\n' +
      'cannot act on your terminal: titles, links, clipboard and queries are taken out. Space pauses, q or Ctrl-C ends.\n' +
      'Where standard output is no terminal everything comes at once; with --json as a list of events.',
    examples: [
      'replay ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --purpose "review of CHG-4711"',
      'replay ses_01hzy8x5r2k3m4n5p6q7r8s9t0 --purpose "incident 17" --speed 4 --idle-limit 1 --channel 0',
    ],
    exits: [
      '0  replayed to its end',
      '1  refused or failed',
      '2  the command line is wrong',
      '130  stopped by q or Ctrl-C',
    ],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--purpose <text>', 'why it is viewed; kept as evidence')
        .option('--speed <factor>', '2 is twice as fast', asNumber(0.1, 100, false), 1)
        .option('--idle-limit <seconds>', 'cut longer silences to this', asNumber(0, 86_400, false), 2)
        .option(
          '--channel <n>',
          'which channel (default: the first that is a terminal or command)',
          asNumber(0, 9_999, true),
        ),
    run: replay,
  })
}

async function list(context: Context, options: RemoteOptions & { readonly limit: number }): Promise<void> {
  const items = await withGateway(context, options, (gateway) => gateway.list('recordings', {}, options.limit))
  await context.output.answer({ items }, () =>
    tableText(
      ['SESSION', 'STATUS', 'PERSON', 'ASSET', 'STARTED', 'LASTED', 'CHANNELS', 'ENDED BY'],
      items.map(({ session, status }) => [
        session.id,
        status,
        session.person.login,
        session.asset,
        showInstant(session.startedAt),
        session.endedAt === null ? '-' : showDuration(session.endedAt - session.startedAt),
        String(session.channels),
        session.endReason ?? '-',
      ]),
      'No recording',
    ),
  )
}

async function show(context: Context, options: RemoteOptions, id: string): Promise<void> {
  const view = await withGateway(context, options, (gateway) => gateway.call('recording', { id }))
  const { session, status, seal, evidenceIndex, channels } = view
  await context.output.answer(view, () =>
    [
      fieldsText([
        ['session', session.id],
        ['status', status],
        ['person', `${session.person.displayName} (${session.person.login})`],
        ['asset', `${session.asset}, ${session.assetName}`],
        ['started', showInstant(session.startedAt)],
        ['ended', session.endedAt === null ? '-' : `${showInstant(session.endedAt)}, ${session.endReason ?? ''}`],
        ['seal', seal ?? '-'],
        ['ledger entry', evidenceIndex === null ? '-' : String(evidenceIndex)],
      ]),
      tableText(
        ['CHANNEL', 'KIND', 'COMMAND'],
        channels.map(({ channel, kind, command }) => [String(channel), kind, command ?? '-']),
        'No channel',
      ),
    ].join('\n'),
  )
}

async function replay(context: Context, options: ReplayOptions, [session = '']: readonly string[]): Promise<ExitCode> {
  const { output } = context
  return withGateway(context, options, async (gateway) => {
    const opened = await gateway.call('replay', { id: session, body: { purpose: options.purpose } })
    const channel = chooseChannel(opened, options.channel)
    const cast = await openCast(gateway, channel.cast)
    const { header } = cast
    if (output.json) {
      await writeJson(
        output,
        { session: opened.session, channel: channel.channel, kind: channel.kind, header },
        cast.events,
      )
      return exitCodes.ok
    }
    const began = header.timestamp === null ? '' : `, ${showInstant(header.timestamp * 1000)}`
    output.note(shown`Replaying ${opened.session} channel ${channel.channel} (${channel.kind}${began})`)
    const { columns, rows } = process.stdout
    if (output.terminal && (columns < header.width || rows < header.height)) {
      output.note(
        `recorded at ${header.width}x${header.height}; this terminal is ${columns}x${rows} and will show it broken`,
      )
    }
    return watch(output, cast, options)
  })
}

async function watch(output: Output, cast: Cast, { speed, idleLimit }: ReplayOptions): Promise<ExitCode> {
  const { play } = await import('../player.ts')
  const pace = { factor: speed, idleLimit }
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

function chooseChannel({ session, channels }: ReplayView, asked: number | undefined): ReplayView['channels'][number] {
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

interface Cast {
  readonly header: CastHeader
  readonly events: AsyncGenerator<CastEvent, void>
  close(): void
}

async function openCast(gateway: Gateway, address: string): Promise<Cast> {
  const answer = await gateway.cast(address)
  const lines = readLines(answer)
  const first = await lines.next()
  const header = first.done === true ? null : parseCastHeader(first.value)
  if (header === null)
    throw new Failure('cast: expected an asciicast v2 header: the recording has nothing readable in this channel')
  async function* events(): AsyncGenerator<CastEvent, void> {
    for await (const line of lines) {
      const event = parseCastEvent(line)
      if (event === null)
        throw new Failure('cast: expected an event `[time, code, text]`: the answer is damaged, try again')
      yield event
    }
  }
  return { header, events: events(), close: () => answer.destroy() }
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
