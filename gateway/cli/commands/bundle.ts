// Looking at a policy bundle before anybody puts it in force. Needs no gateway; what does is in bundle-life.ts.

import type { Command } from 'commander'
import { needBundle } from '../bundle-folder.ts'
import { differenceText } from '../bundle-text.ts'
import { addCommand, addGroup, type Context, type Invocation } from '../command.ts'
import { plain } from '../plain.ts'
import { remoteOptions, type RemoteOptions } from '../remote.ts'
import { fieldsText } from '../table.ts'
import { addBundleLifeCommands, compareWithGateway } from './bundle-life.ts'
import { addBundleReleaseCommands } from './bundle-release.ts'
import { addWatchedCommand } from './watched.ts'

export function addBundleCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'bundle', 'look at policy bundles, propose and activate them')
  addCommand(group, invocation, {
    name: 'check <dir>',
    summary: 'check a bundle whole, and say what it declares',
    about: 'Reads a bundle folder as the gateway would. Names every problem with file, line and reason, or sums it up.',
    examples: ['bundle check ./bundle', 'bundle check ./bundle --json'],
    exits: ['0  the bundle is valid', '1  it is not, or cannot be read', '2  the command line is wrong'],
    run: (context, _options, [dir = '']) => check(context, dir),
  })
  addCommand<RemoteOptions>(group, invocation, {
    name: 'diff <dir> [other]',
    summary: 'say what one bundle changes of another, or of what is in force',
    about:
      'Says in words what changes: assets in or out of scope, declarations, rules, what takes access away first. With two\n' +
      'folders, from the first to the second, and no gateway is asked. With one, from what is in force at the gateway to\n' +
      'the folder, with the open grants and living sessions it would end.',
    examples: ['bundle diff ./bundle-2026-1 ./bundle', 'bundle diff ./bundle'],
    options: remoteOptions,
    run: (context, options, [dir = '', other]) =>
      other === undefined ? compareWithGateway(context, options, dir) : compareFolders(context, dir, other),
  })
  addBundleLifeCommands(group, invocation)
  addBundleReleaseCommands(group, invocation)
  addWatchedCommand(group, invocation)
}

async function check({ output }: Context, dir: string): Promise<void> {
  const [{ bundle, warnings }, { exclusionsOf, scopeReport, showProblem }] = await Promise.all([
    needBundle(dir),
    import('../../../policy/index.ts'),
  ])
  const { assets, phases } = scopeReport(bundle, Date.now())
  const rules = { permit: 0, forbid: 0, duty: 0 }
  for (const { effect } of bundle.policies.values()) rules[effect]++
  const summary = {
    digest: bundle.digest,
    scopeVersion: bundle.scope.version,
    statement: bundle.scope.statement,
    notCovered: exclusionsOf(bundle),
    plants: bundle.plants.size,
    zones: bundle.zones.size,
    conduits: bundle.conduits.size,
    suppliers: bundle.suppliers.size,
    controls: bundle.register.controls.length,
    assets,
    rules,
    overduePhases: phases
      .filter(({ state }) => state === 'overdue')
      .map(({ phase, plannedFor }) => ({ phase, plannedFor })),
    warnings,
  }
  await output.answer(summary, () =>
    [
      `valid: ${plain(dir)}`,
      fieldsText([
        ['digest', summary.digest],
        ['scope', `version ${summary.scopeVersion}: ${summary.statement.trim()}`],
        ['assets', `${assets.in} in scope, ${assets.out} out, ${assets.undetermined} undetermined (denied)`],
        ['rules', `${rules.permit} permit, ${rules.forbid} forbid, ${rules.duty} duty`],
        ['places', `${summary.plants} plants, ${summary.zones} zones, ${summary.conduits} conduits`],
        ['suppliers', String(summary.suppliers)],
        ['controls', String(summary.controls)],
      ]),
      summary.notCovered.length === 0 ? 'not covered: nothing was excluded' : 'not covered:',
      ...summary.notCovered.map((text) => `- ${plain(text)}`),
      ...(warnings.length === 0 ? [] : [`warnings: ${warnings.length}`]),
      ...warnings.map((problem) => `- ${plain(showProblem(problem))}`),
      ...summary.overduePhases.map(
        ({ phase, plannedFor }) => `- phase ${phase} was planned for ${plannedFor} and is not open`,
      ),
    ].join('\n'),
  )
}

async function compareFolders({ output }: Context, dir: string, other: string): Promise<void> {
  const [from, to] = [await needBundle(dir), await needBundle(other)]
  const { describeDiff, diffBundles, ruleTexts } = await import('../../../policy/index.ts')
  const diff = diffBundles(from.bundle, to.bundle)
  const words = describeDiff(diff).map(({ title, lines }) => ({ title, lines: [...lines] }))
  const rules = ruleTexts(diff).map(({ rule, kind, lines }) => ({ rule, kind, lines: [...lines] }))
  await output.answer({ ...diff, words, rules }, () => differenceText(diff.from, diff.to, words, rules))
}
