// Searching in recordings from the terminal, and how the index stands.

import type { Command } from 'commander'
import type { SearchHitView, SearchIndexView } from '../../contract/views.ts'
import { addCommand, asNumber, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { misused } from '../failure.ts'
import { plain, shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { fieldsText } from '../table.ts'

interface SearchOptions extends RemoteOptions {
  readonly purpose?: string
  readonly limit: number
  readonly status?: true
  readonly rebuild?: true
}

const pageSize = 100

export function addSearchCommand(program: Command, invocation: Invocation): void {
  addCommand<SearchOptions>(program, invocation, {
    name: 'search [query...]',
    about:
      'Searches in what was typed and shown in all recordings that you may view, in commands, names of files, and in who\n' +
      'had access to what and why. The purpose and the query are kept as evidence, as is what was found.\n\n' +
      'A query is words, "phrases" and prefix*, of which each has to stand in a passage; -word must not. Filters:\n' +
      'person: supplier: asset: plant: after: before: (UTC) and in:typed, in:shown, in:command, in:file, in:about.',
    examples: [
      'search --purpose "incident 17" "systemctl stop" asset:ews-1',
      'search --purpose "review of CHG-4711" in:command reboot after:2026-11-01',
      'search --status',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--purpose <text>', 'why it is searched; kept as evidence')
        .option('--limit <n>', 'how many hits at most', asNumber(1, 10_000, true), 25)
        .option('--status', 'show how far the recordings are indexed')
        .option('--rebuild', 'build the index anew from the recordings; kept as evidence'),
    run,
  })
}

async function run(context: Context, options: SearchOptions, words: readonly string[]): Promise<void> {
  const { output } = context
  if (options.rebuild === true || options.status === true) {
    if (words.length > 0) throw misused('--status and --rebuild take no query')
    const view = await withGateway(context, options, (gateway) =>
      gateway.call(options.rebuild === true ? 'rebuildSearch' : 'searchIndex'),
    )
    return output.answer(view, () => indexText(view))
  }
  const { purpose } = options
  if (words.length === 0) throw misused('expected what to search for: see `sallyport search --help`')
  if (purpose === undefined) throw misused('expected --purpose: why it is searched is kept as evidence')
  const query = words.map(asOnePart).join(' ')
  const { index, hits, more } = await withGateway(context, options, async (gateway) => {
    const opened = await gateway.call('openSearch', { body: { purpose } })
    const found: SearchHitView[] = []
    let cursor: string | null = null
    do {
      const limit = Math.min(pageSize, options.limit - found.length)
      const body: { query: string; limit: number; cursor?: string } = { query, limit }
      if (cursor !== null) body.cursor = cursor
      const page = await gateway.call('search', { id: opened.token, body })
      found.push(...page.hits)
      cursor = page.next
    } while (cursor !== null && found.length < options.limit)
    return { index: opened.index, hits: found, more: cursor !== null }
  })
  await output.answer({ query, hits, more, index }, () =>
    [
      ...(hits.length === 0 ? ['Nothing found in what you may view'] : hits.map(hitText)),
      ...(more ? [`There are more: see --limit`] : []),
      ...notes(index).map((line) => `Note: ${line}`),
    ].join('\n'),
  )
}

/** What the shell gave as one word is one part of the query: a phrase, where there is white space in it. */
function asOnePart(word: string): string {
  if (!/\s/.test(word) || word.includes('"')) return word
  const [, filter = '', value = ''] = /^(-?(?:[a-z]+:)?)(.*)$/s.exec(word) ?? []
  return `${filter}"${value}"`
}

function hitText({ session, person, assetName, startedAt, channel, side, at, snippet }: SearchHitView): string {
  const where = side === 'about' ? 'about the session' : `${side}, channel ${channel} at ${clockText(at)}`
  const text = snippet.map((piece) => (piece.hit ? `[${plain(piece.text)}]` : plain(piece.text))).join('')
  return [
    shown`${session}  ${showInstant(startedAt)}  ${person.displayName} on ${assetName}  ${where}`,
    `    ${text}`,
  ].join('\n')
}

/** Seconds as `1:02:03`. */
function clockText(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}

function notes({ partial, failed, cut }: SearchIndexView): string[] {
  const said = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${count} ${count === 1 ? 'recording' : 'recordings'} ${what}`]
  return [
    ...said(partial, 'still being indexed, living ones among them'),
    ...said(failed, 'could not be indexed, or not to the end'),
    ...said(cut, 'indexed in part, for the text in them'),
  ]
}

function indexText(index: SearchIndexView): string {
  if (!index.on) return 'Search is off: `evidence.search` in the configuration of the gateway turns it on'
  return fieldsText([
    ['recordings', String(index.recordings)],
    ['being indexed', String(index.partial)],
    ['not or not all readable', String(index.failed)],
    ['indexed in part', String(index.cut)],
    ['size', `${(index.bytes / 1e6).toFixed(1)} MB`],
  ])
}
