import { expect, it } from 'vitest';
import { type Lifecycle, moved } from '../../electron/app/sessions/batch-lifecycle.ts';
import { FollowedBatch } from '../../electron/engine/index.ts';

const rest = { outcome: null, resume: null, lost: 0, drivenBy: null };
const STAGES: Readonly<Record<Lifecycle['at'], Lifecycle>> = {
  ready: { at: 'ready', rest },
  elsewhere: {
    ...{ at: 'elsewhere', rest, batch: new FollowedBatch('/nowhere') },
    standing: { kind: 'idle' },
  },
  running: { at: 'running', rest, run: Promise.resolve() },
  ended: { at: 'ended', rest },
  closed: { at: 'closed', rest },
};

it.each([
  ['ready', 'ready elsewhere running closed'],
  ['elsewhere', 'ready elsewhere running closed'],
  ['running', 'ready running ended closed'],
  ['ended', 'ready elsewhere running closed'],
  ['closed', ''],
] as const)('moves a batch that is %s to: %s', (from, to) => {
  const legal = Object.values(STAGES).filter((next) => {
    try {
      return moved(STAGES[from], next) === next;
    } catch {
      return false;
    }
  });
  expect(legal.map(({ at }) => at).join(' ')).toBe(to);
});
