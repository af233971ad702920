// `doctor`: looks at everything a gateway on this machine depends on, and says for each what to do.

import type { Command } from 'commander'
import type { Check } from '../checks/check.ts'
import { addCommand, type Context, type Invocation } from '../command.ts'
import { type ExitCode, exitCodes } from '../failure.ts'
import { configFile, configOption, type ConfigOptions } from '../local.ts'
import { plain } from '../plain.ts'

export function addDoctorCommand(program: Command, invocation: Invocation): void {
  addCommand<ConfigOptions>(program, invocation, {
    name: 'doctor',
    about:
      'Looks at the runtime, the configuration, the bundle, folders, keys, certificate, ledger, clock, mail relay, object store,\n' +
      'malware scanner, what access leans on and ports of this machine\u2019s gateway. Changes nothing, but for a file it writes to the data folder and removes. Each line ends in the\n' +
      'next step where one is needed.',
    examples: ['doctor --config /etc/sallyport/sallyport.yaml', 'doctor --json'],
    exits: ['0  nothing fails (warnings may stand)', '1  something fails', '2  the command line is wrong'],
    options: configOption,
    run: doctor,
  })
}

async function doctor(context: Context, options: ConfigOptions): Promise<ExitCode> {
  const checks = await lookAtAll(context, options)
  const failed = checks.filter(({ state }) => state === 'fail').length
  const warned = checks.filter(({ state }) => state === 'warn').length
  await context.output.answer({ healthy: failed === 0, checks }, () => {
    const width = Math.max(...checks.map(({ what }) => what.length))
    const lines = checks.flatMap(({ what, state, found, next }) => [
      `${state.padEnd(4)}  ${what.padEnd(width)}  ${found}`,
      ...(next === '' ? [] : [`${' '.repeat(width + 8)}-> ${next}`]),
    ])
    return [...lines, `${checks.length} checks: ${failed} failed, ${warned} to see to`].join('\n')
  })
  return failed === 0 ? exitCodes.ok : exitCodes.failed
}

async function lookAtAll(context: Context, options: ConfigOptions): Promise<Check[]> {
  const [{ fail, ok }, { checkCiphers, checkClock, checkNode }, { loadConfig }] = await Promise.all([
    import('../checks/check.ts'),
    import('../checks/runtime.ts'),
    import('../../config.ts'),
  ])
  const machine = [checkNode(process.versions.node), checkCiphers()]
  const file = configFile(context, options)
  const loaded = await loadConfig(file, context.env)
  if (loaded.kind === 'invalid') {
    const problems = loaded.problems.map((problem) =>
      fail('configuration', plain(problem), 'see `sallyport config reference`'),
    )
    const none = file === null ? [fail('configuration', 'no file given', 'give --config FILE or SALLYPORT_CONFIG')] : []
    return [...machine, ...none, ...problems, checkClock(Date.now(), null)]
  }
  const { config } = loaded
  const [{ checkFolders }, { checkCertificate, checkPrivateFiles }, { checkLedger }, { checkPorts }, { readMaterial }] =
    await Promise.all([
      import('../checks/folders.ts'),
      import('../checks/keys.ts'),
      import('../checks/ledger.ts'),
      import('../checks/ports.ts'),
      import('../../material.ts'),
    ])
  const [{ failOn }, { checkBundle }, { checkOutgoing }] = await Promise.all([
    import('../checks/check.ts'),
    import('../checks/bundle.ts'),
    import('../checks/outgoing.ts'),
  ])
  const { checkObjectStore } = await import('../checks/object-store.ts')
  const { checkWorkers, memoryHere } = await import('../checks/workers.ts')
  const { workerCount } = await import('../../workers/count.ts')
  const { checkDependencies } = await import('../checks/dependencies.ts')
  const { checkAirlock } = await import('../checks/airlock.ts')
  const now = Date.now()
  const read = await readMaterial(config, now)
  const problems = read.kind === 'ok' ? [] : read.problems
  const ledger = read.kind === 'ok' ? await checkLedger(config, read.material.verifier) : { checks: [], newest: null }
  const isServable = problems.every(({ field }) => !field.startsWith('https.'))
  return [
    ...machine,
    checkClock(now, ledger.newest),
    ok('configuration', file === null ? 'valid, from the environment' : `${plain(file)}: valid`),
    checkWorkers({ ...config.ssh, workers: workerCount(config.ssh) }, memoryHere()),
    ...problems.map(failOn),
    ...(read.kind === 'ok' ? await checkBundle(config, read.material.bundle.bundle.digest) : []),
    ...(await checkFolders(config)),
    ...(await checkPrivateFiles(config)),
    ...(isServable ? [await checkCertificate(config, now)] : []),
    ...ledger.checks,
    ...(read.kind === 'ok' ? await checkOutgoing(config, read.material.outgoing) : []),
    ...(read.kind === 'ok' ? await checkObjectStore(config, read.material.s3) : []),
    ...(read.kind === 'ok' ? [await checkAirlock(config, now)] : []),
    ...(read.kind === 'ok' ? await checkDependencies(read.material, config.airlock.clamd) : []),
    ...(await checkPorts(config)),
  ]
}
