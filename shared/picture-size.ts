import type { BatchJob } from './job.ts';

/** Pixels of a shot's finished pictures; `null` where only its scene knows, which nobody has opened yet. */
export function pictureSize({ plan, shotConfig }: Pick<BatchJob, 'plan' | 'shotConfig'>): {
  readonly width: number | null;
  readonly height: number | null;
} {
  if (plan) return { width: plan.width, height: plan.height };
  const render = shotConfig?.render;
  const percentage = render?.percentage ?? null;
  // Where the shot leaves the percentage to its scene, the size is known when that is open.
  if (!render || (percentage === null && shotConfig.blend)) return { width: null, height: null };
  const scaled = (pixels: number | null) =>
    pixels === null ? null : Math.max(1, Math.trunc((pixels * (percentage ?? 100)) / 100));
  return { width: scaled(render.width), height: scaled(render.height) };
}
