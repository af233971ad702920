// A screen as text that draws it: each row at its place, in its styles. Of the terminal emulator it needs only what can be
// seen; margins, modes and the cursor are emulator.ts's to add.

/** One cell of a buffer of @xterm/headless. */
export interface ScreenCell {
  getWidth(): number
  getChars(): string
  isFgRGB(): boolean
  isFgPalette(): boolean
  getFgColor(): number
  isBgRGB(): boolean
  isBgPalette(): boolean
  getBgColor(): number
  isBold(): number
  isDim(): number
  isItalic(): number
  isUnderline(): number
  isBlink(): number
  isInverse(): number
  isInvisible(): number
  isStrikethrough(): number
  isOverline(): number
}

export interface ScreenRow {
  /** The row goes on the one before: a player that changes size breaks them anew together. */
  readonly isWrapped: boolean
  getCell(x: number): ScreenCell | undefined
}

/** Text that draws these rows on a cleared screen, leaving plain style and the cursor anywhere. */
export function drawRows(rows: readonly ScreenRow[], cols: number): string {
  let text = ''
  let style = ''
  let isFull = false
  for (const [y, row] of rows.entries()) {
    const end = drawnCells(row, cols)
    // A row that goes on a full one is reached by writing on, so that the terminal knows they belong together.
    const goesOn = row.isWrapped && isFull && end > 0
    if (end > 0 && !goesOn) text += `\u001b[${y + 1};1H`
    for (let x = 0; x < end;) {
      const cell = row.getCell(x)
      if (cell === undefined) break
      const wanted = styleOf(cell)
      if (wanted !== style) text += `\u001b[0${wanted}m`
      style = wanted
      text += cell.getChars() || ' '
      x += Math.max(cell.getWidth(), 1)
    }
    isFull = end === cols
  }
  return style === '' ? text : `${text}\u001b[0m`
}

/** Cells up to the last one that shows something. */
function drawnCells(row: ScreenRow, cols: number): number {
  for (let x = cols - 1; x >= 0; x--) {
    const cell = row.getCell(x)
    // The second half of a wide character has no width of its own, and belongs to the first.
    if (cell !== undefined && (cell.getChars() !== '' || cell.getWidth() === 0 || isFilled(cell))) return x + 1
  }
  return 0
}

/** Does a cell without a character show all the same? */
const isFilled = (cell: ScreenCell): boolean =>
  cell.isBgPalette() ||
  cell.isBgRGB() ||
  cell.isInverse() !== 0 ||
  cell.isUnderline() !== 0 ||
  cell.isStrikethrough() !== 0

/** The parameters of a style after a reset, each after its `;`. */
function styleOf(cell: ScreenCell): string {
  let style = ''
  if (cell.isBold() !== 0) style += ';1'
  if (cell.isDim() !== 0) style += ';2'
  if (cell.isItalic() !== 0) style += ';3'
  if (cell.isUnderline() !== 0) style += ';4'
  if (cell.isBlink() !== 0) style += ';5'
  if (cell.isInverse() !== 0) style += ';7'
  if (cell.isInvisible() !== 0) style += ';8'
  if (cell.isStrikethrough() !== 0) style += ';9'
  if (cell.isOverline() !== 0) style += ';53'
  if (cell.isFgPalette()) style += `;38;5;${cell.getFgColor()}`
  if (cell.isFgRGB()) style += `;38;2;${rgb(cell.getFgColor())}`
  if (cell.isBgPalette()) style += `;48;5;${cell.getBgColor()}`
  if (cell.isBgRGB()) style += `;48;2;${rgb(cell.getBgColor())}`
  return style
}

const rgb = (color: number): string => `${(color >> 16) & 255};${(color >> 8) & 255};${color & 255}`
