import { channel } from 'node:diagnostics_channel';

/** What a run passes on its way from its start to its end, for who wants to know where the time goes. */
export type Step =
  | 'code-loaded'
  | 'folder-read'
  | 'checkpoint-read'
  | 'blender-started'
  | 'blender-up'
  | 'scene-opened'
  | 'planned'
  | 'claimed'
  | 'looked-through'
  | 'frame-rendered'
  | 'frame-proved'
  | 'frame-recorded'
  | 'frame-named'
  | 'blender-gone'
  | 'run-ended';

/** Nothing is kept and nothing is made where nobody listens. */
const steps = channel('nightshift.step');

/** Says that this process has passed a step now. */
export function passed(step: Step): void {
  if (steps.hasSubscribers) steps.publish(step);
}

/** Tells of each step of this process from now on; returns what ends it. */
export function onStep(tell: (step: Step) => void): () => void {
  const listener = (step: unknown) => tell(step as Step);
  steps.subscribe(listener);
  return () => steps.unsubscribe(listener);
}
