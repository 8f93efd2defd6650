import { expect, test } from 'vitest';
import { CLUSTER_SCENARIOS, playEveryClusterFault } from '../chaos/cluster-round.ts';
import { CLUSTER_FAULTS } from '../chaos/faults/cluster-faults.ts';
import { soak } from '../chaos/soak.ts';
import { VIOLATIONS } from '../chaos/violations.ts';

test('nothing is lost, false, twice or blamed where each part of a cluster fails once while scripted Blenders render', {
  timeout: 400_000,
}, async () => {
  const findings: string[] = [];
  const result = await soak({
    seed: 20261129,
    minutes: 0,
    scenarios: CLUSTER_SCENARIOS.filter(({ blender }) => blender === 'scripted'),
    play: playEveryClusterFault,
    onRound: ({ violations, timeline }) => {
      if (violations.length > 0) findings.push(timeline.join('\n'));
    },
  });
  expect(findings.join('\n'), 'what was found').toBe('');
  expect(result.violations).toEqual(Object.fromEntries(VIOLATIONS.map((kind) => [kind, 0])));
  const kinds = CLUSTER_FAULTS.map(({ kind }) => kind);
  expect(Object.keys(result.faults)).toEqual(expect.arrayContaining(kinds));
});
