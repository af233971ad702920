// Text as strangers might send it: every code point, with the low ones, where the controls are, more often.

import fc from 'fast-check'

const point = fc.oneof(fc.integer({ min: 0, max: 0x2fff }), fc.integer({ min: 0, max: 0x10ffff }))

export const anyText = fc.array(point, { maxLength: 40 }).map((points) => String.fromCodePoint(...points))
