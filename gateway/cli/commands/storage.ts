// The space recordings have, and when it will be full.

import type { Command } from 'commander'
import type { StorageView } from '../../contract/views.ts'
import { showBytes } from '../byte-text.ts'
import { addCommand, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { plantOption, plantQuery, remoteOptions, withGateway, type PlantOption, type RemoteOptions } from '../remote.ts'
import { fieldsText, tableText } from '../table.ts'

const levelText: Readonly<Record<StorageView['level'], string>> = {
  enough: 'enough',
  low: 'low: make room',
  full: 'full: no new session begins',
}

export function storageText(view: StorageView): string {
  const percent = view.totalBytes === 0 ? 0 : (view.freeBytes / view.totalBytes) * 100
  return [
    fieldsText([
      ['space', levelText[view.level]],
      ['free', `${showBytes(view.freeBytes)} of ${showBytes(view.totalBytes)} (${percent.toFixed(1)} %)`],
      ['warned below', `${view.warnPercent} %`],
      ['no session below', `${view.refusePercent} %`],
      ['recordings', showBytes(view.keptBytes)],
      ['a day', `${showBytes(view.bytesPerDay)}, over the last ${view.days === 1 ? 'day' : `${view.days} days`}`],
      ['comes to', `${showBytes(view.steadyBytes)}, once as much falls due as comes in`],
      ['full', view.fullAt === null ? 'not foreseen' : `${showInstant(view.fullAt)}, if nothing is deleted`],
    ]),
    tableText(
      ['PLANT', 'CLASS', 'KEPT', 'RECORDINGS', 'SIZE', 'A DAY', 'COMES TO'],
      view.lines.map(({ plant, retention, recordings, bytes, bytesPerDay, steadyBytes }) => [
        plant,
        retention.id,
        `${retention.keepDays}d`,
        String(recordings),
        showBytes(bytes),
        showBytes(bytesPerDay),
        showBytes(steadyBytes),
      ]),
      'Nothing was recorded in that time',
    ),
  ].join('\n')
}

export function addStorageCommand(program: Command, invocation: Invocation): void {
  addCommand<RemoteOptions & PlantOption>(program, invocation, {
    name: 'storage',
    about:
      'Shows how much space recordings have, what came in over the last thirty days by plant and retention class, and\n' +
      'when no new session could begin if things go on like that and nothing is deleted.',
    examples: ['storage', 'storage --json'],
    options: (command) => plantOption(remoteOptions(command)),
    run: async (context, options) => {
      const view = await withGateway(context, options, (gateway) =>
        gateway.call('storage', { query: plantQuery(options) }),
      )
      await context.output.answer(view, () => storageText(view))
    },
  })
}
