import type { ElectronApplication, Page } from '@playwright/test';

/** What is alive in the two JavaScript worlds of the app, after a collection. */
export interface Heaps {
  /** MB (2^20 bytes) that the window's page holds. */
  readonly rendererMb: number;
  /** MB that the main process holds. */
  readonly mainMb: number;
  readonly nodes: number;
  readonly listeners: number;
}

const MB = 2 ** 20;

/** Collects garbage in both, then measures. */
export async function heapsOf(app: ElectronApplication, window: Page): Promise<Heaps> {
  const devtools = await window.context().newCDPSession(window);
  try {
    // What a first collection frees may hold more that only a second one finds free.
    for (let time = 0; time < 2; time += 1) await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
    const mainMb = await app.evaluate(mainHeap);
    return { rendererMb: usedSize / MB, mainMb, nodes, listeners: jsEventListeners };
  } finally {
    await devtools.detach();
  }
}

/** Runs in the main process. */
function mainHeap(): number {
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  const collect = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** How fast `y` grows with `x`, by least squares. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const x = mean((point) => point.x);
  const y = mean((point) => point.y);
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
}
