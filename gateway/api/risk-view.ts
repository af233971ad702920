// The risks of the register as they are shown: measured, ordered, and with what is done about each.

import {
  byGravity,
  catalogue,
  endOfDay,
  levelOf,
  needsCommittee,
  scaleFor,
  type Bundle,
  type Risk,
} from '../../policy/index.ts'
import { acceptanceState } from '../access/accepted-risks.ts'
import type { AcceptedRiskView, RisksView, RiskView } from '../contract/views.ts'

/** All of them, the graver first. */
export function risksView(bundle: Bundle, now: number): RisksView {
  const { register } = bundle
  return {
    bundle: bundle.digest,
    committeeAbove: register.committee?.above ?? null,
    items: register.risks.toSorted(byGravity(register)).map((risk) => riskView(risk, bundle, now)),
  }
}

function riskView(risk: Risk, bundle: Bundle, now: number): RiskView {
  const { register } = bundle
  const scale = scaleFor(risk, register)
  const controls = register.controls
    .filter(({ risks }) => risks.includes(risk.id))
    .map(({ control }) => ({ id: control, title: catalogue.get(control)?.title ?? control }))
  const { id, title, owner, safety, sil, line } = risk
  const acceptance = acceptanceOf(risk, now)
  const isAccepted = acceptance !== null && acceptance.state !== 'expired'
  return {
    id,
    title,
    owner,
    safety,
    sil,
    plant: risk.plant === null ? null : { id: risk.plant, name: bundle.plants.get(risk.plant)?.name ?? risk.plant },
    line,
    assets: risk.assets.map((asset) => ({ id: asset, name: bundle.assets.get(asset)?.name ?? asset })),
    impact: risk.impact === null || scale === null ? null : { ...risk.impact, currency: scale.currency },
    level: levelOf(risk, register),
    scale: scale?.version ?? null,
    controls,
    exceptions: register.exceptions.filter((exception) => exception.risk === id).map((exception) => exception.id),
    acceptance,
    state: isAccepted ? 'accepted' : acceptance === null && controls.length > 0 ? 'treated' : 'open',
    committee: needsCommittee(risk, register),
  }
}

function acceptanceOf({ acceptance }: Risk, now: number): RiskView['acceptance'] {
  if (acceptance === null) return null
  const { by, reason, until, decision } = acceptance
  return { by, reason, until, decision, state: acceptanceState(until, now), endsAt: endOfDay(until, 'UTC') }
}

/** Those a decision cites, in words; one that is not declared any more goes by its id. */
export function acceptedRiskViews(ids: readonly string[], { register }: Bundle): AcceptedRiskView[] {
  return ids.map((id) => {
    const risk = register.risks.find((each) => each.id === id)
    return { id, title: risk?.title ?? id, until: risk?.acceptance?.until ?? '' }
  })
}
