// Rules that hold from a day on: how often each would have struck, so that nobody is surprised on that day.

import type { Command } from 'commander'
import type { WatchedView } from '../../contract/views.ts'
import { addCommand, asNumber, type Invocation } from '../command.ts'
import { showInstant } from '../duration.ts'
import { remoteOptions, withGateway, type RemoteOptions } from '../remote.ts'
import { tableText } from '../table.ts'

export function addWatchedCommand(group: Command, invocation: Invocation): void {
  addCommand<RemoteOptions & { readonly days: number }>(group, invocation, {
    name: 'watched',
    summary: 'say how often the rules that do not hold yet would have struck',
    about:
      'Lists the rules in force that carry `@enforceFrom`: until that day they refuse and oblige nobody, and every\n' +
      'decision says what they would have done. Counts the recorded decisions of the last days, and of them the permits\n' +
      'that would have been refused or burdened. A rule whose day has come shows what was counted before it.',
    examples: ['bundle watched', 'bundle watched --days 90 --json'],
    options: (command) => remoteOptions(command).option('--days <n>', 'how many days back', asNumber(1, 999, true), 30),
    run: async (context, options) => {
      const query = { days: String(options.days) }
      const view = await withGateway(context, options, (gateway) => gateway.call('watchedRules', { query }))
      await context.output.answer(view, () => watchedText(view))
    },
  })
}

function watchedText({ from, until, decisions, rules }: WatchedView): string {
  const table = tableText(
    ['RULE', 'HOLDS FROM', 'STATE', 'STRUCK', 'PERMITS', 'PEOPLE', 'ASSETS', 'LATEST', 'TEXT'],
    rules.map(({ rule, enforceFrom, plants, struck, ofPermits, people, assets, latest, text }) => [
      rule,
      enforceFrom,
      plants.every(({ holds }) => holds) ? 'holds' : plants.some(({ holds }) => holds) ? 'holds in part' : 'watched',
      String(struck),
      String(ofPermits),
      String(people),
      String(assets),
      latest === null ? '-' : `${showInstant(latest.at)} ${latest.action} ${latest.asset} by ${latest.person.login}`,
      text,
    ]),
    'No rule carries a day',
  )
  return [`${decisions} decisions from ${showInstant(from)} to ${showInstant(until)}`, table].join('\n')
}
