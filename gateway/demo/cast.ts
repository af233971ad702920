// The people of the demo. Their passwords and authenticators are made where they are enrolled: see stage.ts.

/** Logins say the role: nobody real is meant. */
export const cast = [
  {
    login: 'vendor',
    displayName: 'Service engineer (Acme Drives)',
    roles: ['vendor'],
    supplier: 'acme-drives',
    plants: ['north', 'south'],
  },
  {
    login: 'former',
    displayName: 'Service engineer (contract over)',
    roles: ['vendor'],
    supplier: 'former-packaging',
    plants: ['north'],
  },
  {
    login: 'fitter',
    displayName: 'Second service engineer (Acme Drives)',
    roles: ['vendor'],
    supplier: 'acme-drives',
    plants: ['north'],
  },
  { login: 'engineer', displayName: 'Automation engineer', roles: ['engineer'], supplier: null, plants: ['north'] },
  { login: 'approver', displayName: 'Shift lead, plant North', roles: ['approver'], supplier: null, plants: ['north'] },
  // For both plants, because a supplier is suspended in all of them at once.
  {
    login: 'security',
    displayName: 'OT security on call',
    roles: ['approver'],
    supplier: null,
    plants: ['north', 'south'],
  },
  { login: 'safety', displayName: 'Safety engineer', roles: ['safety-engineer'], supplier: null, plants: ['north'] },
  { login: 'escort', displayName: 'Maintenance technician', roles: ['escort'], supplier: null, plants: ['north'] },
  {
    login: 'manager',
    displayName: 'ISMS manager',
    roles: ['isms-manager'],
    supplier: null,
    plants: ['north'],
    oversight: 'all',
  },
  // Who proposes other rules does not put them in force: that takes a second person.
  {
    login: 'admin',
    displayName: 'Gateway administrator',
    roles: ['admin'],
    supplier: null,
    plants: ['north', 'south'],
    oversight: 'all',
  },
  { login: 'auditor', displayName: 'Internal auditor', roles: ['auditor'], supplier: null, plants: [] },
] as const
export type DemoLogin = (typeof cast)[number]['login']
