/** What must never be; each is counted and ends the soak with 1. */
export const VIOLATIONS = [
  'frames rendered twice without reason',
  'frames lost',
  'wrong pixels',
  'half files seen',
  'orphans',
  'false dones',
  'left over',
  'not finished',
  'frames blamed without fault',
  'nodes left out without reason',
  'jobs left in the queue',
] as const;
export type ViolationKind = (typeof VIOLATIONS)[number];

export interface Violation {
  readonly kind: ViolationKind;
  readonly what: string;
}
