// The configuration of a gateway: checked before it is used, and explained.

import type { Command } from 'commander'
import { addCommand, addGroup, type Invocation } from '../command.ts'
import { configOption, needConfig, startRefusal, type ConfigOptions } from '../local.ts'
import { shown } from '../plain.ts'

export function addConfigCommands(program: Command, invocation: Invocation): void {
  const group = addGroup(program, 'config', 'check and explain the configuration')
  addCommand<ConfigOptions>(group, invocation, {
    name: 'check',
    summary: 'check the configuration whole',
    about:
      'Reads the configuration file with the environment over it, and every file it names (certificate, keys, bundle), and\n' +
      'names every problem. Opens no port and no store, and changes nothing.',
    examples: ['config check --config /etc/sallyport/sallyport.yaml'],
    options: configOption,
    run: async (context, options) => {
      const { config, file } = await needConfig(context, options)
      const name = file ?? 'the environment'
      const { readMaterial } = await import('../../material.ts')
      const read = await readMaterial(config, Date.now())
      if (read.kind === 'invalid') throw startRefusal(read.problems, `configuration \`${name}\``)
      await context.output.answer(
        { file, config },
        () => shown`valid: ${name}; data in ${config.dataFolder}, bundle in ${config.bundleFolder}`,
      )
    },
  })
  addCommand(group, invocation, {
    name: 'reference',
    summary: 'print every field with meaning, default and variable',
    about: 'Prints the reference of all configuration fields as Markdown.',
    examples: ['config reference'],
    run: async (context) => {
      const { configReference } = await import('../../config.ts')
      const text = configReference()
      await context.output.answer({ reference: text }, () => text.trimEnd())
    },
  })
}
