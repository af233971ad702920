// Addresses that were seen in the network: holding a list of them against the inventory, and saying what the unknown are.

import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import { mostAddresses } from '../../contract/inventory-bodies.ts'
import type { AnswerOf } from '../../contract/calls.ts'
import type { Gateway } from '../client.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { Failure, messageOf, misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { addressesIn } from '../seen-file.ts'
import { tableText } from '../table.ts'

type SeenOptions = RemoteOptions & {
  readonly column?: readonly string[]
  readonly separator?: string
  readonly all?: true
  readonly limit: number
}
type TriageOptions = RemoteOptions & { readonly as: string; readonly reason: string }
type Counts = AnswerOf<'compareSeen'>
type List = AnswerOf<'seenAddresses'>

const verdicts = ['register', 'remove', 'known'] as const

export function addSeenCommands(assets: Command, invocation: Invocation): void {
  addCommand<SeenOptions>(assets, invocation, {
    name: 'seen [file]',
    summary: 'hold addresses of the network against the inventory',
    about:
      'Reads a CSV of flows or addresses and holds every address in it against the declared assets. What lies in the\n' +
      'networks of your plants and belongs to no asset is kept, and somebody of the plant says within a week what it is.\n' +
      'The first row names the columns; known ones, such as address, src, dst, sa, da, srcaddr, dstaddr, are found by\n' +
      'name. However long the file is, little of it is held in memory. Without a file it lists what is kept.',
    examples: [
      'assets seen',
      'assets seen flows.csv',
      'assets seen netflow.csv --column "Src IP Addr" --column "Dst IP Addr"',
    ],
    options: (command) =>
      limitOption(remoteOptions(command))
        .option('--column <name...>', 'the columns with addresses')
        .option('--separator <character>', 'between cells; the one the first row has most of where left out')
        .option('--all', 'list also what somebody has said of'),
    run: async (context, options, [file]) => {
      if (file === undefined) return listSeen(context, options)
      if (options.all === true) throw misused('--all is for the list: leave out the file')
      const counts = await withGateway(context, options, (gateway) => sendFile(gateway, file, options))
      await context.output.answer(counts, () => countsText(counts))
    },
  })
  addCommand<TriageOptions>(assets, invocation, {
    name: 'triage <id>',
    summary: 'say what an address is that nobody declared',
    about:
      'Says what an address is that was seen and belongs to no declared asset. register: it is an asset, and the bundle\n' +
      'will declare it; remove: it goes off the network; known: it is known and no asset. It is evidence, with the reason.',
    examples: ['assets triage sea_01hzy8x5r2k3m4n5p6q7r8s9t0 --as known --reason "multicast of the time server"'],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--as <verdict>', 'register, remove or known')
        .requiredOption('--reason <text>', 'what it is, and how that is known'),
    run: async (context, options, [id = '']) => {
      const verdict = verdicts.find((each) => each === options.as)
      if (verdict === undefined) throw misused(shown`--as: expected ${verdicts.join(', ')}, got ${options.as}`)
      const body = { verdict, reason: options.reason }
      const view = await withGateway(context, options, (gateway) => gateway.call('triageSeen', { id, body }))
      await context.output.answer(view, () => shown`${view.address} in ${view.plant}: ${verdict}`)
    },
  })
}

/** Addresses sent before are not sent again, as far as that many are remembered. */
const mostRemembered = 100_000

async function sendFile(gateway: Gateway, file: string, options: SeenOptions): Promise<Counts & { skipped: number }> {
  const total = { registered: 0, unregistered: 0, fresh: 0, elsewhere: 0, skipped: 0 }
  const sent = new Set<string>()
  let batch: string[] = []
  const send = async (): Promise<void> => {
    if (batch.length === 0) return
    const counts = await gateway.call('compareSeen', { body: { addresses: batch } })
    total.registered += counts.registered
    total.unregistered += counts.unregistered
    total.fresh += counts.fresh
    total.elsewhere += counts.elsewhere
    batch = []
  }
  const stream = createReadStream(file)
  try {
    for await (const address of addressesIn(stream, options, (count) => (total.skipped += count))) {
      if (sent.has(address)) continue
      if (sent.size >= mostRemembered) sent.clear()
      sent.add(address)
      batch.push(address)
      if (batch.length >= mostAddresses) await send()
    }
    await send()
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(`flows \`${file}\`: ${messageOf(error)}: give a CSV file`, { cause: error })
  } finally {
    stream.destroy()
  }
  return total
}

function countsText({ registered, unregistered, fresh, elsewhere, skipped }: Counts & { skipped: number }): string {
  const lines = [
    `${registered} addresses belong to declared assets`,
    `${unregistered} lie in networks of your plants and belong to no asset, ${fresh} of them were not known before`,
    `${elsewhere} lie elsewhere`,
    ...(skipped === 0 ? [] : [`${skipped} cells held no address and were passed over`]),
    ...(unregistered === 0 ? [] : ['see `sallyport assets seen`, and say what each is with `sallyport assets triage`']),
  ]
  return lines.join('\n')
}

async function listSeen(context: Context, options: SeenOptions): Promise<void> {
  if (options.column !== undefined || options.separator !== undefined)
    throw misused('--column and --separator are about a file: name it')
  const query = { state: options.all === true ? 'all' : 'open', limit: String(Math.min(options.limit, 100)) }
  const list = await withGateway(context, options, (gateway) => gateway.call('seenAddresses', { query }))
  await context.output.answer(list, () => listText(list))
}

function listText({ items, next, accuracy: { declared, outstanding, ratio } }: List): string {
  const table = tableText(
    ['ID', 'ADDRESS', 'PLANT', 'FIRST SEEN', 'LAST SEEN', 'STATE'],
    items.map((item) => [
      item.id,
      item.address,
      item.plant,
      showInstant(item.firstAt),
      showInstant(item.lastAt),
      item.isDeclared
        ? 'declared by now'
        : (item.decided?.verdict ?? (item.isOverdue ? 'OVERDUE' : `by ${showInstant(item.triageBy)}`)),
    ]),
    'No address waits to be explained',
  )
  const said =
    ratio === null
      ? 'Nothing is known of addresses yet'
      : `The inventory holds ${declared} of ${declared + outstanding} known addresses (${(100 * ratio).toFixed(1)} %)`
  const more = next === null ? '' : '\n\nThere are more: they are shown as these are explained'
  return `${table}${more}\n\n${said}`
}
