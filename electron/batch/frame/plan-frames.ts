import { join } from 'node:path';
import type { BatchJob, FramePlan, PlannedSimulation } from '../../../shared/job.ts';
import type { SceneFacts, SimulationFacts } from '../../blender/types.ts';

/** Which files a job will make: what the shot file says, and where it is silent, what the scene says. */
export function planFrames(job: BatchJob, facts: SceneFacts): FramePlan {
  const output = job.shotConfig?.output;
  const directory = output?.directory ?? facts.savedOutput.directory;
  const patterns = output?.directory == null ? facts.savedOutput.patterns : undefined;
  return {
    frames: job.shotConfig?.frames ?? sceneRange(facts),
    directory,
    pattern: output?.directory == null ? facts.savedOutput.pattern : output.pattern,
    ...(patterns && { patterns }),
    extension: facts.extension,
    format: facts.format,
    width: facts.width,
    height: facts.height,
    engine: facts.engine,
    fps: facts.fps,
    movie: facts.movie ? { file: join(directory, `${job.name}${facts.movie.extension}`) } : null,
    fromScene: job.shotConfig?.frames == null,
    ...(facts.settings && { settings: facts.settings }),
    ...(facts.simulation && { simulation: simulationOf(job, facts.simulation) }),
  };
}

function simulationOf(
  job: BatchJob,
  { first, names, bakeable }: SimulationFacts,
): PlannedSimulation {
  const mayBake = job.shotConfig?.simulations === 'bake';
  return { first, names: names.slice(0, 3), rendered: mayBake && bakeable ? 'baked' : 'in-order' };
}

function sceneRange({ frameStart, frameEnd, frameStep }: SceneFacts): number[] {
  const step = Math.max(1, frameStep);
  const count = Math.max(0, Math.floor((frameEnd - frameStart) / step) + 1);
  return Array.from({ length: count }, (_, index) => frameStart + index * step);
}
