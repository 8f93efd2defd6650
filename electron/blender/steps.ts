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

/** Says that this process has passed a step. @param at when, by `performance.now()`; not there: now */
export function passed(step: Step, at?: number): void {
  if (steps.hasSubscribers) steps.publish([step, at ?? performance.now()]);
}

/** Tells of each step of this process from now on, and when that was; returns what ends it. */
export function onStep(tell: (step: Step, at: number) => void): () => void {
  const listener = (said: unknown) => tell(...(said as [step: Step, at: number]));
  steps.subscribe(listener);
  return () => steps.unsubscribe(listener);
}
