// What risks, impact scales, exceptions and the committee say of one another: a risk that is measured needs a scale, one
// that bears on a safety system its SIL, and what is accepted above the plant's threshold a committee's decision.

import { quote } from '../ids.ts'
import type { Asset, Register, Risk, Zone } from '../model.ts'
import { gravityOf, needsCommittee, scaleFor } from '../risk.ts'
import type { Reading } from './reading.ts'

export function checkRisks(
  register: Register,
  zones: readonly Zone[],
  assets: readonly Asset[],
  reading: Reading,
): void {
  const declared = new Map(assets.map((asset) => [asset.id, asset]))
  const plantOf = new Map(zones.map(({ id, plant }) => [id, plant]))
  const lines = new Set(assets.map(({ zone, line }) => lineKey(plantOf.get(zone), line)))
  for (const risk of register.risks) {
    checkMeasure(risk, register, lines, reading)
    checkSafety(
      risk,
      risk.assets.flatMap((id) => declared.get(id) ?? []),
      reading,
    )
    if (risk.acceptance !== null && risk.acceptance.decision === null && needsCommittee(risk, register))
      reading.problems.report(
        reading.at(risk, 'acceptance'),
        `acceptance of risk ${quote(risk.id)} without \`decision\`: ${whyCommittee(risk, register)}: expected the reference of the committee's decision`,
      )
  }
  for (const scale of register.impactScales)
    if (scale.line !== null && !lines.has(lineKey(scale.plant, scale.line)))
      reading.warnings.report(
        reading.at(scale, 'line'),
        `no asset of plant \`${scale.plant}\` has the line ${quote(scale.line)}: its scale measures nothing`,
      )
  checkExceptionDecisions(register, reading)
}

const lineKey = (plant: string | undefined, line: string | null): string => `${plant ?? ''} ${line ?? ''}`

function checkMeasure(risk: Risk, register: Register, lines: ReadonlySet<string>, reading: Reading): void {
  const { problems, warnings } = reading
  const { id, plant, line, impact } = risk
  if (plant === null) {
    if (impact !== null)
      problems.report(
        reading.at(risk, 'impact'),
        `risk ${quote(id)} has an \`impact\` and no \`plant\`: say on whose scale`,
      )
    if (line !== null)
      problems.report(reading.at(risk, 'line'), `risk ${quote(id)} has a \`line\` and no \`plant\`: say of which plant`)
    return
  }
  if (impact !== null && scaleFor(risk, register) === null)
    problems.report(
      reading.at(risk, 'impact'),
      `no impact scale for plant \`${plant}\`: declare one under \`impactScales\`, or leave \`impact\` out`,
    )
  if (line !== null && !lines.has(lineKey(plant, line)))
    warnings.report(
      reading.at(risk, 'line'),
      `no asset of plant \`${plant}\` has the line ${quote(line)}: risk ${quote(id)} touches nothing`,
    )
}

/** IEC 61511-1 sizes a safety system by the risk it takes away: who bears one that touches it says how much that is. */
function checkSafety(risk: Risk, assets: readonly Asset[], reading: Reading): void {
  const { id, safety, sil } = risk
  if (sil !== null && safety === 'none') {
    reading.problems.report(
      reading.at(risk, 'sil'),
      `risk ${quote(id)} has a \`sil\` and harms nobody: expected \`safety\` to say what could happen to people`,
    )
  }
  const system = assets.filter((asset) => asset.safety === 'SIS').toSorted((a, b) => (b.sil ?? 0) - (a.sil ?? 0))[0]
  if (system === undefined) return
  if (safety === 'none')
    reading.problems.report(
      reading.at(risk, 'assets'),
      `risk ${quote(id)} touches safety system \`${system.id}\`: expected \`safety\` to say what could happen to people`,
    )
  if (sil === null || sil < (system.sil ?? 0))
    reading.problems.report(
      reading.at(risk, sil === null ? 'assets' : 'sil'),
      `risk ${quote(id)} touches safety system \`${system.id}\`: expected \`sil: ${system.sil}\`, got ${sil === null ? 'none' : `\`${sil}\``}`,
    )
}

function checkExceptionDecisions(register: Register, reading: Reading): void {
  const risks = new Map(register.risks.map((risk) => [risk.id, risk]))
  for (const exception of register.exceptions) {
    const risk = risks.get(exception.risk)
    if (risk === undefined || exception.decision !== null || !needsCommittee(risk, register)) continue
    reading.problems.report(
      reading.at(exception, 'risk'),
      `exception ${quote(exception.id)} without \`decision\`: ${whyCommittee(risk, register)}: expected the reference of the committee's decision`,
    )
  }
}

function whyCommittee(risk: Risk, register: Register): string {
  const gravity = gravityOf(risk, register)
  const above = register.committee?.above ?? 'low'
  if (gravity === null) return `risk ${quote(risk.id)} is not rated, and the committee decides above \`${above}\``
  const because = risk.safety === 'none' ? '' : ', for it can harm people'
  return `risk ${quote(risk.id)} is \`${gravity}\`${because}, above \`${above}\``
}
