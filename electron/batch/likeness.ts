import type { BatchJob } from '../../shared/job.ts';
import type { ShotConfig } from '../../shared/shot.ts';

const keys = new WeakMap<ShotConfig, string>();

/**
 * The same text for shots whose frames take about the same: another camera or file name makes no difference.
 * `null` for a shot file that could not be read.
 */
export function likenessOf({ shotConfig }: Pick<BatchJob, 'shotConfig'>): string | null {
  if (shotConfig === null) return null;
  let key = keys.get(shotConfig);
  if (key === undefined) {
    const { blend, script, params, scene, viewLayers, render } = shotConfig;
    key = JSON.stringify([blend, script, params, scene, viewLayers, render]);
    keys.set(shotConfig, key);
  }
  return key;
}
