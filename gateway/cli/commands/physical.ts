// `physical`: doors, cabinets and key switches the gateway listens to. The secret a source signs with is made on the
// gateway's own machine and shown there once.

import type { Command } from 'commander'
import { addCommand, addGroup, type Context, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { Failure, misused } from '../failure.ts'
import { configOption, withStore, type ConfigOptions } from '../local.ts'
import { shown } from '../plain.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'

export function addPhysicalCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'physical', 'doors, cabinets and key switches that report to the gateway')
  addCommand<RemoteOptions>(group, invocation, {
    name: 'list',
    summary: 'list what they say now',
    about:
      'Lists the doors, cabinets and key switches of your plants, what each says and since when, and which living\n' +
      'sessions it is about. A silent one says nothing: what rested on it has ended.',
    examples: ['physical list', 'physical list --json'],
    options: remoteOptions,
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) => gateway.call('physical'))
      await context.output.answer(view, () =>
        tableText(
          ['SOURCE', 'KIND', 'STATE', 'SINCE', 'ZONE', 'ASSET', 'SESSIONS'],
          view.items.map(({ source, kind, state, since, zone, asset, enrolled, sessions }) => [
            source,
            kind,
            state ?? (enrolled ? 'silent' : 'no secret yet'),
            since === null ? '' : showInstant(since),
            zone,
            asset ?? '',
            String(sessions.length),
          ]),
          'The bundle declares none: see `physicalSources` of zones.yaml',
        ),
      )
    },
  })
  addCommand<ConfigOptions & { readonly source: string }>(group, invocation, {
    name: 'enrol',
    summary: 'make the secret a source signs with, and show it once',
    about:
      'Makes the secret that the system of a door, cabinet or key switch signs its reports with, and prints it once. One\n' +
      'made before stops working. On the gateway\u2019s own machine.',
    examples: ['physical enrol --source north-safety-key'],
    options: (command) =>
      configOption(command).requiredOption('--source <id>', 'the source, as `physicalSources` of the bundle names it'),
    run: enrol,
  })
}

async function enrol(context: Context, options: ConfigOptions & { readonly source: string }): Promise<void> {
  const { parsePhysicalSourceId } = await import('../../../policy/ids.ts')
  const source = parsePhysicalSourceId(options.source)
  if (source.kind === 'malformed') throw misused(source.reason)
  const made = await withStore(context, options, async (local) => {
    const [{ enrolPhysicalSource }, { systemClock }, { readBundleInForce }] = await Promise.all([
      import('../../access/physical-reports.ts'),
      import('../../clock.ts'),
      import('../bundle-in-force.ts'),
    ])
    if (!(await readBundleInForce(local)).physicalSources.has(source.id))
      throw new Failure(
        `source \`${source.id}\`: not in the bundle in force: declare it in \`physicalSources\` of zones.yaml`,
      )
    return enrolPhysicalSource({ store: local.store, vault: local.vault, clock: systemClock }, source.id)
  })
  // The only place where it leaves its wrapping: it is what the command was asked for.
  const secret = made.secret.expose()
  await context.output.answer({ source: source.id, replaced: made.replaced, secret }, () =>
    [
      made.replaced
        ? shown`Made a new secret of ${source.id}; the one before stops working`
        : shown`Made the secret of ${source.id}`,
      fieldsText([
        ['secret', secret],
        ['reports go to', `POST /api/v1/physical/${source.id}/reports`],
      ]),
      'Shown this once: give it to the system that reports. docs/physical.md says how a report is signed.',
    ].join('\n'),
  )
}
