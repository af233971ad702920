// The words of the product as types: what is declared in a bundle, who people are, what is asked and what is granted.
// Values only. Instants are milliseconds since the Unix epoch (UTC); the calendar lives in window.ts and calendar.ts.

export * from './model/time.ts'
export * from './model/scope.ts'
export * from './model/zones.ts'
export * from './model/assets.ts'
export * from './model/people.ts'
export * from './model/handling.ts'
export * from './model/labels.ts'
export * from './model/retention.ts'
export * from './model/register.ts'
export * from './model/requests.ts'
export * from './model/decisions.ts'
export * from './model/world.ts'
