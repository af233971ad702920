// Text from elsewhere, made safe to print on one line of a terminal. Names, purposes and reasons are typed by strangers:
// an escape sequence in one must not move the cursor, forge a line, or answer for the person reading.

const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Controls, invisible and direction-changing characters and line ends, each as `\u{…}`. */
export function plain(text: string): string {
  return text.replace(unsafe, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)
}

/** A template whose values are made plain: ``shown`Request ${view.id} of ${view.by}` ``. */
export function shown(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => plain(String(value))))
}

const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u
const combining = /\p{M}/u

/** Columns a plain text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0
  for (const c of text) width += c < '\u0300' ? 1 : combining.test(c) ? 0 : wide.test(c) ? 2 : 1
  return width
}
