// Commands on the gateway's own machine: its configuration, and its store opened directly. SQLite lets a running gateway
// and a command write in turn, and the gateway notices within a second what a command changed.

import { mkdir } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Config } from '../config.ts'
import type { Vault } from '../identity/vault.ts'
import type { StartProblem } from '../start-problem.ts'
import type { Store } from '../store/store.ts'
import type { Context } from './command.ts'
import { Failure, messageOf } from './failure.ts'
import { plain } from './plain.ts'

export interface ConfigOptions {
  readonly config?: string
}

export function configOption(command: Command): Command {
  return command.option(
    '--config <file>',
    'configuration file (SALLYPORT_CONFIG; without one all comes from the environment)',
  )
}

/** Which file the configuration is read from; null is the environment alone. */
export function configFile({ env }: Context, options: ConfigOptions): string | null {
  return options.config ?? env['SALLYPORT_CONFIG'] ?? null
}

/** The configuration. @throws Failure with every problem when it is not valid. */
export async function needConfig(
  context: Context,
  options: ConfigOptions,
): Promise<{ config: Config; file: string | null }> {
  const file = configFile(context, options)
  const { loadConfig } = await import('../config.ts')
  const loaded = await loadConfig(file, context.env)
  if (loaded.kind === 'ok') return { config: loaded.config, file }
  const name = file === null ? 'configuration from the environment (no --config given)' : `configuration \`${file}\``
  throw new Failure(`${name}: not valid: see \`sallyport config reference\``, {
    details: { code: 'config-invalid', problems: loaded.problems },
    lines: loaded.problems.map((problem) => `- ${plain(problem)}`),
  })
}

/** What keeps a gateway from starting, as the failure of a command: a line each, with the field and the next step. */
export function startRefusal(problems: readonly StartProblem[], what: string): Failure {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new Failure(`${what}: ${count}: mend what is named; \`sallyport doctor\` looks at the machine too`, {
    details: { code: 'start-refused', problems },
    lines: problems.map(({ field, found, next }) => `- ${plain(`${field}: ${found}: ${next}`)}`),
  })
}

export interface Local {
  readonly config: Config
  readonly store: Store
  readonly vault: Vault
}

/** Runs `work` on the gateway's store, which is made where there is none yet. */
export async function withStore<T>(
  context: Context,
  options: ConfigOptions,
  work: (local: Local) => Promise<T>,
): Promise<T> {
  const { config } = await needConfig(context, options)
  const [{ readVaultKey, storeFile }, { openVault }, { openSqlite }, { openStore }] = await Promise.all([
    import('../keys.ts'),
    import('../identity/vault.ts'),
    import('../store/sqlite.ts'),
    import('../store/store.ts'),
  ])
  let local: Local
  try {
    await mkdir(config.dataFolder, { recursive: true, mode: 0o700 })
    const vault = openVault(await readVaultKey(config.dataFolder))
    local = { config, vault, store: await openStore(openSqlite(storeFile(config.dataFolder))) }
  } catch (error) {
    throw new Failure(
      `data folder \`${config.dataFolder}\`: ${messageOf(error)}: run this on the gateway\u2019s machine as the gateway\u2019s user`,
      { cause: error },
    )
  }
  try {
    return await work(local)
  } finally {
    await local.store.close()
  }
}
