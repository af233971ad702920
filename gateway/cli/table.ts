// Tables for people: aligned columns, two spaces apart, no frames, so that they can be read, grepped and cut. Cells are
// made plain here, whatever they hold.

import { plain, widthOf } from './plain.ts'

const gap = '  '

/** Lines of a table: head first. Trailing blanks are cut; a row shorter than the head ends in empty cells. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => head.map((_, column) => plain(row[column] ?? '')))
  const widths = head.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))))
  return cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join(gap)
      .trimEnd(),
  )
}

/** The same, or one sentence where there is no row. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[], none: string): string {
  return rows.length === 0 ? none : tableLines(head, rows).join('\n')
}

/** Name and value, one pair a line, values aligned. */
export function fieldsText(fields: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(0, ...fields.map(([name]) => widthOf(name)))
  return fields.map(([name, value]) => `${name.padEnd(width)}${gap}${plain(value)}`.trimEnd()).join('\n')
}
