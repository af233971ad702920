// `platform`: releases of the gateway itself, what they rest on, and a second person's verdict.

import type { Command } from 'commander'
import type { PlatformReleaseView } from '../../contract/platform.ts'
import { addCommand, addGroup, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { Failure, misused } from '../failure.ts'
import { nameOf } from '../name-text.ts'
import { plain } from '../plain.ts'
import { limitOption, remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { fieldsText } from '../table.ts'

interface RecordOptions extends RemoteOptions {
  readonly change: string
  readonly impact: string
  readonly test: string
  readonly rollback: string
}

interface JudgeOptions extends RemoteOptions {
  readonly sendBack?: true
  readonly comment: string
}

export function addPlatformCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'platform', 'releases of the gateway itself, and what they rest on')
  addCommand<RemoteOptions & { readonly limit: number }>(group, invocation, {
    name: 'list',
    summary: 'list what became another of the gateway, newest first',
    about:
      'Each start that finds another version, other program files or another configuration than the start before begins a\n' +
      'release. It rests on a change, its impact, a test and a way back, which one person gives and another looks at.',
    examples: ['platform list', 'platform list --json'],
    options: (command) => limitOption(remoteOptions(command)),
    run: async (context, options) => {
      const items = await withGateway(context, options, (gateway) =>
        gateway.list('platformReleases', {}, options.limit),
      )
      await context.output.answer({ items }, () =>
        items.length === 0
          ? 'No release: since its first start the gateway is as it was'
          : items.map(releaseText).join('\n\n'),
      )
    },
  })
  addCommand<RecordOptions>(group, invocation, {
    name: 'record <release>',
    summary: 'give what a release rests on',
    about:
      'Gives the four records of a release, in place of what was given before, as evidence. Another admin or isms-manager\n' +
      'then looks at them.',
    examples: [
      'platform record 1204 --change CHG-2041 --impact "none for vendors" --test "FAT-7 on the mirror of line 4" --rollback "package of 1.4.2, 10 minutes"',
    ],
    options: (command) =>
      remoteOptions(command)
        .requiredOption('--change <id>', 'the change in your own change control')
        .requiredOption('--impact <text>', 'what it changes for those who work with it')
        .requiredOption('--test <text>', 'where and how it was tested, and the record of that')
        .requiredOption('--rollback <text>', 'how to go back'),
    run: async (context, options, [id = '']) => {
      const { change, impact, test, rollback } = options
      const body = { change, impact, test, rollback }
      const view = await withGateway(context, options, (gateway) => gateway.call('recordPlatformRelease', { id, body }))
      await context.output.answer(view, () => releaseText(view))
    },
  })
  addCommand<JudgeOptions>(group, invocation, {
    name: 'approve <release>',
    summary: 'let a release stand, or send its records back',
    about: 'Says, as another person than who recorded it, that the records hold, or with --send-back that they do not.',
    examples: [
      'platform approve 1204 --comment "test record read, way back tried"',
      'platform approve 1204 --send-back --comment "FAT-7 is of another version"',
    ],
    options: (command) =>
      remoteOptions(command)
        .option('--send-back', 'the records do not hold')
        .requiredOption('--comment <text>', 'what was looked at, and the judgement; evidence'),
    run: async (context, options, [id = '']) => {
      if (!/^[0-9]+$/.test(id)) throw misused(`release: expected the number \`platform list\` shows, got \`${id}\``)
      const verdict = options.sendBack === true ? ('sent-back' as const) : ('approved' as const)
      const view = await withGateway(context, options, async (gateway) => {
        // What is judged is what stands there now; somebody faster with other records is found by their entry.
        const query = { limit: '1', cursor: String(Number(id) + 1) }
        const found = (await gateway.call('platformReleases', { query })).items[0]
        if (found?.id !== id) throw new Failure(`no release \`${id}\`: \`platform list\` shows them`)
        if (found.record === null)
          throw new Failure(`nothing was recorded for release \`${id}\` yet: \`platform record\` gives it`)
        const body = { verdict, record: found.record.entry, comment: options.comment }
        return gateway.call('judgePlatformRelease', { id, body })
      })
      await context.output.answer(view, () => releaseText(view))
    },
  })
}

const stateWords: Readonly<Record<PlatformReleaseView['state'], string>> = {
  open: 'waits for its records (`platform record`)',
  recorded: 'waits for another person (`platform approve`)',
  'sent-back': 'sent back: its records do not hold',
  approved: 'approved',
}

function releaseText({ id, at, dueAt, state, changes, record, verdict }: PlatformReleaseView): string {
  return [
    fieldsText([
      ['release', `${id}, ${stateWords[state]}`],
      ['found', showInstant(at)],
      ...(state === 'approved' ? [] : [['due', showInstant(dueAt)] as const]),
      ...(record === null
        ? []
        : ([
            ['change', record.change],
            ['impact', record.impact],
            ['test', record.test],
            ['way back', record.rollback],
            ['recorded', `${nameOf(record.by, 'nobody')}, ${showInstant(record.at)} (entry ${record.entry})`],
          ] as const)),
      ...(verdict === null
        ? []
        : ([
            [
              state === 'approved' ? 'approved' : 'sent back',
              `${nameOf(verdict.by, 'nobody')}, ${showInstant(verdict.at)} (entry ${verdict.entry}): ${verdict.comment}`,
            ],
          ] as const)),
    ]),
    ...changes.map((change) => `- ${plain(change)}`),
  ].join('\n')
}
