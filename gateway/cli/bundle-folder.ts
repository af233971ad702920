// A bundle folder named on a command line: parsed here, or only read where the gateway is to parse it.

import type { LoadedBundle } from '../access/bundles.ts'
import type { Problem } from '../../policy/index.ts'
import { codeOf, Failure, messageOf } from './failure.ts'
import { plain } from './plain.ts'

/** The bundle of a folder. @throws Failure with every problem when it is not valid. */
export async function needBundle(folder: string): Promise<Extract<LoadedBundle, { kind: 'ok' }>> {
  const [{ loadBundle }, { showProblem }] = await Promise.all([
    import('../access/bundles.ts'),
    import('../../policy/index.ts'),
  ])
  const loaded = await loadBundle(folder).catch((error: unknown) => unreadable(folder, error))
  if (loaded.kind === 'ok') return loaded
  throw invalid(folder, loaded.problems, showProblem)
}

/** The files of a folder, for the gateway to judge. @throws Failure when one of them is no text file. */
export async function needFiles(folder: string): Promise<Record<string, string>> {
  const [{ readBundleFolder }, { showProblem }] = await Promise.all([
    import('../access/bundles.ts'),
    import('../../policy/index.ts'),
  ])
  const { files, problems } = await readBundleFolder(folder).catch((error: unknown) => unreadable(folder, error))
  if (problems.length > 0) throw invalid(folder, problems, showProblem)
  return Object.fromEntries(files)
}

function unreadable(folder: string, error: unknown): never {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR')
    throw new Failure(`bundle \`${folder}\`: no such folder: give the folder of a bundle`, { cause: error })
  throw new Failure(`bundle \`${folder}\`: ${messageOf(error)}: give the folder of a bundle`, { cause: error })
}

function invalid(folder: string, problems: readonly Problem[], show: (problem: Problem) => string): Failure {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return new Failure(`bundle \`${folder}\`: not valid, ${count}: mend what is named and check again`, {
    details: { code: 'bundle-invalid', problems },
    lines: problems.map((problem) => plain(show(problem))),
  })
}
