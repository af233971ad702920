// What there is: the gateway's own state, and the assets one may know of.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { mostConfirmed, type ConfirmAssetsBody } from '../../contract/inventory-bodies.ts'
import type { AssetView } from '../../contract/views.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { healthText } from '../health-text.ts'
import { Failure, messageOf, misused } from '../failure.ts'
import { shown } from '../plain.ts'
import { addSeenCommands } from './assets-seen.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'

export function addAssetCommands(program: Command, invocation: Invocation): void {
  addCommand<RemoteOptions>(program, invocation, {
    name: 'status',
    about:
      'Shows the version of the gateway, the policy in force, how to reach its SSH side, the state of its ledger, and what\n' +
      'works: the gateway\u2019s own parts and what access leans on, since when, who answers for it and what it means.',
    examples: ['status', 'status --json'],
    options: remoteOptions,
    run: async (context, options) => {
      const { me, status, health } = await withGateway(context, options, async (gateway) => ({
        me: await gateway.call('me'),
        status: await gateway.call('status'),
        health: await gateway.call('health'),
      }))
      const { ssh, ledger } = status
      await context.output.answer({ person: me.person, ...status, health }, () =>
        [
          fieldsText([
            ['you', `${me.person.displayName} (${me.person.login}), ${me.person.roles.join(', ')}`],
            ['version', status.version],
            ['ssh', `${ssh.host} port ${ssh.port}, host key ${ssh.fingerprint}`],
            ['policy', `bundle ${status.bundle}, scope version ${status.scopeVersion}`],
            ['ledger', `${ledger.origin}, ${ledger.size} entries`],
            ['checkpoint', ledger.checkpointAt === null ? 'none yet' : showInstant(ledger.checkpointAt)],
            ['time', showInstant(status.now)],
          ]),
          healthText(health),
        ].join('\n'),
      )
    },
  })
  const assets = addCommand<RemoteOptions & { readonly limit: number }>(program, invocation, {
    name: 'assets',
    about:
      'Lists the assets you may know of. Where you hold a grant that is in its window now, the command that opens a\n' +
      'session stands beside the asset.',
    examples: ['assets', 'assets --json'],
    options: (command) => limitOption(remoteOptions(command)),
    run: async (context, options) => {
      const items = await withGateway(context, options, (gateway) => gateway.list('assets', {}, options.limit))
      await context.output.answer({ items }, () =>
        tableText(
          ['ASSET', 'NAME', 'PLANT', 'ZONE', 'LEVEL', 'TYPE', 'SAFETY', 'SCOPE', 'CONFIRMED', 'CONNECT'],
          items.map((asset) => [
            asset.id,
            asset.name,
            asset.plant,
            asset.zone,
            String(asset.level),
            asset.type,
            asset.safety,
            asset.scope,
            confirmedText(asset),
            asset.connect ?? '-',
          ]),
          'No asset is visible to you: your supplier\u2019s labels or your plants decide that',
        ),
      )
    },
  })
  addCommand<ConfirmOptions>(assets, invocation, {
    name: 'confirm [asset...]',
    summary: 'confirm at a walkdown that assets are as they are declared',
    about:
      'Keeps as evidence that you saw these assets in their zones and as the bundle declares them. Holds for as many days\n' +
      'as the scope says, 90 unless it says otherwise. With --csv the list of a walkdown: a first row with the columns\n' +
      'asset, and perhaps seenOn (2026-03-31) and note. Of each thousand rows all are confirmed, or none.',
    examples: [
      'assets confirm ews-1 plc-7',
      'assets confirm ews-1 --seen 2026-03-30 --note "label and serial number as declared"',
      'assets confirm --csv walkdown-line-3.csv',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--csv <file>', 'the list of a walkdown')
        .option('--seen <day>', 'the day they were seen, in the plant\u2019s own zone; today where left out')
        .option('--note <text>', 'what was seen, kept as evidence'),
    run: confirm,
  })
  addSeenCommands(assets, invocation)
}

type ConfirmOptions = RemoteOptions & { readonly csv?: string; readonly seen?: string; readonly note?: string }
type SeenAsset = ConfirmAssetsBody['items'][number]

function confirmedText({ confirmation, scope }: AssetView): string {
  if (confirmation === null || (confirmation.state === 'never' && scope !== 'in')) return '-'
  return confirmation.state === 'fresh' ? (confirmation.seenOn ?? '-') : confirmation.state
}

async function confirm(context: Context, options: ConfirmOptions, names: readonly string[]): Promise<void> {
  const seen = await readSeen(options, names)
  const items = await withGateway(context, options, async (gateway) => {
    const done: AssetView[] = []
    for (let from = 0; from < seen.length; from += mostConfirmed) {
      const part = seen.slice(from, from + mostConfirmed)
      try {
        done.push(...(await gateway.call('confirmAssets', { body: { items: [...part] } })).items)
      } catch (error) {
        if (from === 0) throw error
        throw new Failure(`the first ${from} of ${seen.length} were confirmed, then: ${messageOf(error)}`, {
          cause: error,
        })
      }
    }
    return done
  })
  await context.output.answer({ items }, () =>
    items.map((asset) => shown`${asset.id}: ${asset.confirmation?.text ?? 'confirmed'}`).join('\n'),
  )
}

async function readSeen({ csv, seen, note }: ConfirmOptions, names: readonly string[]): Promise<readonly SeenAsset[]> {
  const both = { ...(seen !== undefined && { seenOn: seen }), ...(note !== undefined && { note }) }
  if (csv === undefined) {
    if (names.length === 0) throw misused('which assets: name them, or give --csv with the list of a walkdown')
    return names.map((asset) => ({ asset, ...both }))
  }
  if (names.length > 0) throw misused('name assets, or give --csv: not both')
  const { parseWalkdown } = await import('../../../policy/index.ts')
  const read = parseWalkdown(await readText(csv))
  if (read.kind === 'malformed') throw new Failure(`walkdown \`${csv}\`: ${read.reason}`)
  // A list of everything, where a day stands only with what was seen, must not confirm the rest as seen today.
  if (read.undated !== null && seen === undefined)
    throw new Failure(
      `walkdown \`${csv}\`: row ${read.undated}: expected the day the asset was seen, got nothing: leave out what was not seen, or give --seen`,
    )
  // What the list says of one asset is nearer than what is said of all.
  return read.rows.map((row) => ({ ...both, ...row }))
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Failure(`walkdown \`${file}\`: ${messageOf(error)}: give a CSV file`, { cause: error })
  }
}
