// The frame of every table: the names of its columns, and the rows below. On a phone each row becomes a card, in which a
// cell says the name of its column itself (`data-name`). What is in a row is the page's.

import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

interface RowsProps {
  /** Their names, in order; the one of a column of figures as `{ figures: 'Bytes' }`. */
  readonly columns: readonly (string | { readonly figures: string })[]
  /** Each row ends with what can be done about it. */
  readonly actions?: boolean
  readonly children: ReactNode
}

export function Rows({ columns, actions = false, children }: RowsProps) {
  return (
    <Table className="sp-table" verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) =>
            typeof column === 'string' ? (
              <Table.Th key={column}>{column}</Table.Th>
            ) : (
              <Table.Th key={column.figures} className="sp-number">
                {column.figures}
              </Table.Th>
            ),
          )}
          {actions && (
            <Table.Th>
              <span className="sp-only-read">Actions</span>
            </Table.Th>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  )
}
