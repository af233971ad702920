// Looking at a policy bundle before anybody puts it in force. Needs no gateway.

import type { Command } from 'commander'
import { addCommand, addGroup, type Context, type Invocation } from '../command.ts'
import { Failure, messageOf } from '../failure.ts'
import { plain } from '../plain.ts'
import { fieldsText } from '../table.ts'

export function addBundleCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'bundle', 'look at policy bundles')
  addCommand(group, invocation, {
    name: 'check <dir>',
    summary: 'check a bundle whole, and say what it declares',
    about: 'Reads a bundle folder as the gateway would. Names every problem with file, line and reason, or sums it up.',
    examples: ['bundle check ./bundle', 'bundle check ./bundle --json'],
    exits: ['0  the bundle is valid', '1  it is not, or cannot be read', '2  the command line is wrong'],
    run: (context, _options, [dir = '']) => check(context, dir),
  })
}

async function check({ output }: Context, dir: string): Promise<void> {
  const [{ loadBundle }, { exclusionsOf, scopeOf, showProblem }] = await Promise.all([
    import('../../access/bundles.ts'),
    import('../../../policy/index.ts'),
  ])
  const loaded = await loadBundle(dir).catch((error: unknown) => {
    throw new Failure(`bundle \`${dir}\`: ${messageOf(error)}: give the folder of a bundle`, { cause: error })
  })
  if (loaded.kind === 'invalid') {
    const { problems } = loaded
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    throw new Failure(`bundle \`${dir}\`: not valid, ${count}: mend what is named and check again`, {
      details: { code: 'bundle-invalid', problems },
      lines: problems.map((problem) => plain(showProblem(problem))),
    })
  }
  const { bundle } = loaded
  const assets = { in: 0, out: 0, undetermined: 0 }
  for (const asset of bundle.assets.values()) assets[scopeOf(asset, bundle).kind]++
  const rules = { permit: 0, forbid: 0 }
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
  }
  await output.answer(summary, () =>
    [
      `valid: ${plain(dir)}`,
      fieldsText([
        ['digest', summary.digest],
        ['scope', `version ${summary.scopeVersion}: ${summary.statement.trim()}`],
        ['assets', `${assets.in} in scope, ${assets.out} out, ${assets.undetermined} undetermined (denied)`],
        ['rules', `${rules.permit} permit, ${rules.forbid} forbid`],
        ['places', `${summary.plants} plants, ${summary.zones} zones, ${summary.conduits} conduits`],
        ['suppliers', String(summary.suppliers)],
        ['controls', String(summary.controls)],
      ]),
      summary.notCovered.length === 0 ? 'not covered: nothing was excluded' : 'not covered:',
      ...summary.notCovered.map((text) => `- ${plain(text)}`),
    ].join('\n'),
  )
}
