// Walkdowns, coverage, applicability and scope fit as the contract shows them.

import {
  confirmationOf,
  sayConfirmation,
  type Applicability,
  type Asset,
  type Bundle,
  type Coverage,
  type FitTopic,
  type World,
} from '../../policy/index.ts'
import type { ApplicabilityView, ConfirmationView, CoverageRow } from '../contract/views.ts'

/** What the last walkdown says of an asset. Only for people of the plant. */
export function confirmationView(
  asset: Asset,
  bundle: Bundle,
  { confirmations }: Pick<World, 'confirmations'>,
  now: number,
): ConfirmationView {
  const state = confirmationOf(asset, bundle, confirmations, now)
  return {
    state: state.kind,
    seenOn: state.kind === 'never' ? null : state.seenOn,
    until: state.kind === 'fresh' ? state.until : null,
    text: sayConfirmation(state),
  }
}

export function coverageRow({ controls, freshest, ...row }: Coverage): CoverageRow {
  return { ...row, controls: controls.map((one) => ({ ...one })), freshest: freshest && { ...freshest } }
}

export function applicabilityView({ at, standards, unused, ...of }: Applicability): ApplicabilityView {
  return {
    ...of,
    computedAt: at,
    unused: [...unused],
    standards: standards.map(({ regime, standard, clauses }) => ({
      regime,
      standard,
      clauses: clauses.map(({ clause, controls }) => ({ clause, controls: controls.map((one) => ({ ...one })) })),
    })),
  }
}

export const fitTitles: Readonly<Record<FitTopic, string>> = {
  'new-assets': 'Assets that came',
  'new-suppliers': 'Suppliers that came',
  'new-conduits': 'Conduits that came',
  gone: 'Gone since the last review',
  undetermined: 'Assets nobody has put in or out of scope',
  held: 'Scope changes that wait for a review',
  unconfirmed: 'Assets in scope that no walkdown confirms',
  'phases-overdue': 'Phases past their planned day',
  'conduits-overdue': 'Conduits past their review day',
  'conduits-ownerless': 'Conduits nobody answers for',
  'interfaces-overdue': 'Interfaces that are overdue, or nobody answers for',
  unregistered: 'Names that were asked for and stand for nothing declared',
  'undeclared-addresses': "Addresses in the plants' networks that no asset has",
}
