// Names and values side by side.

import type { ReactNode } from 'react'

interface FactsProps {
  readonly of: readonly (readonly [string, ReactNode])[]
  /** How much room the names get. */
  readonly names?: 'short' | 'long' | 'titles'
}

/** A description list; entries that are null, false or empty are left out. */
export function Facts({ of, names = 'short' }: FactsProps) {
  return (
    <dl className="sp-facts" data-names={names}>
      {of
        .filter(([, value]) => value !== null && value !== false && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

/** One fact out of several that stand in a line, with the name read aloud but shown small. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span className="sp-fact">
      <span className="sp-fact-name">{name}</span>
      <span>{children}</span>
    </span>
  )
}
