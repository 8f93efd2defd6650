import { useEffect, useState } from 'react';
import type { NightCharts } from '../../shared/charts/night-charts.ts';
import { ask } from '../api.ts';

/**
 * The charts of a batch at rest: `undefined` until they are known, and a sentence where they can't be.
 * @param version another one after each run
 */
export function useCharts(batchId: string, version: number): NightCharts | string | undefined {
  const [known, setKnown] = useState<{
    readonly batchId: string;
    readonly charts: NightCharts | string;
  } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version has other charts
  useEffect(() => {
    let isWanted = true;
    void ask('batch:charts', { batchId }).then((answer) => {
      const charts = answer.ok ? answer.value : answer.error.message;
      if (isWanted) setKnown({ batchId, charts });
    });
    return () => {
      isWanted = false;
    };
  }, [batchId, version]);
  return known?.batchId === batchId ? known.charts : undefined;
}
