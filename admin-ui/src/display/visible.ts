// Names that strangers chose, as they may stand on a page: what is not seen, or turns the direction of what follows, is
// spelt out, so that `exe` at the end of a name cannot be made to look like something else.

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Each unseen character as `\u{…}`. */
export const visible = (text: string): string =>
  text.replace(unseen, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)
