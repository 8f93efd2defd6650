import { estimate } from './blender/estimate.ts';
import { heavy } from './blender/heavy.ts';
import { shortShots, stills } from './blender/many-shots.ts';
import { mixed } from './blender/mixed.ts';
import { lightKept, oneFrame, oneShotLong, oneShotQuick, oneShotSlow } from './blender/one-shot.ts';
import { resume } from './blender/resume.ts';
import { engineOverhead } from './engine/engine-overhead.ts';
import { manyCores } from './engine/many-cores.ts';
import { memoryOfEngine } from './engine/memory-of-engine.ts';
import { opening } from './engine/opening.ts';
import { recording } from './engine/recording.ts';
import { replay } from './engine/replay.ts';
import { slurmScale } from './engine/slurm-scale.ts';
import type { Scenario } from './scenario.ts';
import { WINDOW_SCENARIOS } from './window/scenarios.ts';

/** Every scenario, in the order in which they run and stand in the table. */
export const SCENARIOS: readonly Scenario[] = [
  oneShotQuick,
  oneShotLong,
  oneShotSlow,
  oneFrame,
  heavy,
  lightKept,
  stills,
  shortShots,
  mixed,
  resume,
  estimate,
  manyCores,
  engineOverhead,
  recording,
  replay,
  memoryOfEngine,
  opening,
  slurmScale,
  ...WINDOW_SCENARIOS,
];
