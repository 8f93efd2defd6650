import { expect, test } from 'vitest';
import { SCENARIOS } from './scenarios.ts';
import { soak } from './soak.ts';
import { VIOLATIONS } from './violations.ts';

/** Any seed must do; a fixed one makes a red CI mean something. */
const SEED = 20261124;

test.skipIf(process.platform !== 'linux')(
  'nothing is lost, false, half or rendered twice in a short soak of scripted Blenders',
  { timeout: 180_000 },
  async () => {
    const findings: string[] = [];
    const result = await soak({
      seed: SEED,
      minutes: 0.25,
      scenarios: SCENARIOS.filter(({ blender }) => blender === 'scripted'),
      onRound: ({ seed, violations, timeline }) => {
        if (violations.length > 0) findings.push(`seed ${seed}\n${timeline.join('\n')}`);
      },
    });
    expect(findings.join('\n'), 'what was found').toBe('');
    expect(result.violations).toEqual(Object.fromEntries(VIOLATIONS.map((kind) => [kind, 0])));
    expect(result.nights).toBeGreaterThan(result.rounds);
    expect(
      result.kept,
      'the checker knew of frames that must not be rendered again',
    ).toBeGreaterThan(0);
    expect(Object.keys(result.faults).length).toBeGreaterThan(3);
  },
);
