// What the HTTP API answers: the schemas of every response, and the types the web application takes from them.
// Instants are milliseconds since the epoch (UTC). A view is made for reading: names stand beside the ids.

export * from './views/assets.ts'
export * from './views/concerns.ts'
export * from './views/handling.ts'
export * from './views/inventory.ts'
export * from './views/parts.ts'
export * from './views/people.ts'
export * from './views/problem.ts'
export * from './views/register.ts'
export * from './views/requests.ts'
export * from './views/risks.ts'
export * from './views/sessions.ts'
export * from './views/watched.ts'
export * from './views/trainings.ts'
