// `recordings sample`: draws recordings at random to be looked at. Closing what came of it is `review close`'s.

import type { Command } from 'commander'
import type { SampleView } from '../../contract/views.ts'
import { addCommand, asInstant, asNumber, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { misused } from '../failure.ts'
import { plantOption, remoteOptions, withGateway, type PlantOption, type RemoteOptions } from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'

type SampleOptions = RemoteOptions &
  PlantOption & {
    readonly count?: number
    readonly since?: number
    readonly until?: number
    readonly list?: true
  }

export function addSampleCommand(recordings: Command, invocation: Invocation): void {
  addCommand<SampleOptions>(recordings, invocation, {
    name: 'sample',
    summary: 'draw recordings at random to be looked at',
    about:
      'Draws recordings at random, out of those that are sealed and kept, and opens a review for each: it is due in 15 days,\n' +
      'and closed with `sallyport review close` by somebody who looked at the recording and did not make it. What to draw\n' +
      'from is written to the ledger first; the seed is the root of a checkpoint over that entry, so that nobody knows it\n' +
      'before and everybody can draw again: the order is that of SHA-256 over the root, a line feed and the session. With\n' +
      '--list shows the latest draws.',
    examples: [
      'recordings sample --count 5',
      'recordings sample --count 3 --plant north --since 2026-03-01T00:00Z --until 2026-04-01T00:00Z',
      'recordings sample --list',
    ],
    options: (command) =>
      plantOption(remoteOptions(command))
        .option('--count <n>', 'how many, at most 100', asNumber(1, 100, true))
        .option('--since <instant>', 'only sessions that began from here on; else the last 30 days', asInstant)
        .option('--until <instant>', 'and before here; else until now', asInstant)
        .option('--list', 'show the latest draws, and draw nothing'),
    run: async (context, options) => {
      const { count, since, until, plant } = options
      if (options.list === true) {
        if ([count, since, until, plant].some((given) => given !== undefined))
          throw misused('--list: draws nothing, and takes no --count, --since, --until or --plant')
        const view = await withGateway(context, options, (gateway) => gateway.call('samples'))
        return context.output.answer(view, () => listText(view.items))
      }
      if (count === undefined) throw misused('give --count and how many to draw, or --list')
      const body = {
        count,
        ...(since !== undefined && { since }),
        ...(until !== undefined && { until }),
        ...(plant !== undefined && { plant }),
      }
      const view = await withGateway(context, options, (gateway) => gateway.call('drawSample', { body }))
      return context.output.answer(view, () => sampleText(view))
    },
  })
}

const plantsText = ({ plants }: SampleView): string => plants?.join(', ') ?? 'all'

const listText = (samples: readonly SampleView[]): string =>
  tableText(
    ['SAMPLE', 'AT', 'BY', 'PLANTS', 'SINCE', 'UNTIL', 'OF', 'DRAWN', 'CHECKPOINT'],
    samples.map((sample) => [
      sample.id,
      showInstant(sample.at),
      sample.by.login,
      plantsText(sample),
      showInstant(sample.since),
      showInstant(sample.until),
      String(sample.population),
      String(sample.drawn.length),
      String(sample.checkpoint.size),
    ]),
    'Nothing was drawn yet: see `sallyport recordings sample --count`',
  )

function sampleText(sample: SampleView): string {
  const { id, since, until, checkpoint, population, drawn } = sample
  return [
    fieldsText([
      ['sample', id],
      ['plants', plantsText(sample)],
      ['began', `${showInstant(since)} to ${showInstant(until)}`],
      ['drawn', `${drawn.length} of ${population}`],
      ['ledger', checkpoint.origin],
      ['checkpoint', String(checkpoint.size)],
      ['root', checkpoint.root],
    ]),
    tableText(
      ['SESSION', 'REVIEW'],
      drawn.map(({ session, review }) => [session, review]),
      'No recording of this time is sealed and kept',
    ),
  ].join('\n')
}
