import type { ShotConfig } from '../../shared/shot.ts';

/** What a shot file says that names its scene and nothing else, but for what a test changes. */
export function shotConfig(over: Partial<ShotConfig> = {}): ShotConfig {
  return {
    blend: '/film/scenes/hero.blend',
    script: null,
    blender: null,
    params: {},
    scene: null,
    camera: null,
    viewLayers: null,
    frames: null,
    render: {
      ...{ engine: null, width: null, height: null, percentage: null },
      ...{ samples: null, denoise: null, device: null },
    },
    output: {
      ...{ directory: '/out/hero', pattern: 'hero_####' },
      ...{ format: null, colorDepth: null, allowed: [] },
    },
    timeoutSeconds: null,
    frameTimeoutSeconds: null,
    retries: null,
    priority: 0,
    order: 'sequential',
    simulations: 'in-order',
    dependsOn: [],
    ...over,
  };
}
