import { describe, expect, it } from 'vitest';
import { setupFacts } from '../../renderer/inspector/setup-facts.ts';

import { DEFAULT_SETTINGS, type Settings } from '../../shared/settings.ts';
import type { SettingPlaces, ShotConfig } from '../../shared/shot.ts';
import type { JobDetail } from '../../shared/view.ts';
import { shotConfig } from '../helpers/shot-config.ts';
import { aRow } from './rows.ts';

const { output, ...rest } = shotConfig({
  blend: '/shots/film/scenes/a.blend',
  camera: 'Cam_Hero',
});
const SHOT: ShotConfig = { ...rest, output: { ...output, directory: '/shots/film/renders/hero' } };

const DETAIL: JobDetail = {
  jobId: '000000000001',
  shotConfig: SHOT,
  outputPath: '/shots/film/renders/hero',
  opened: null,
  frames: [],
  fps: null,
  problems: [],
  more: [],
  retries: [],
  older: [],
  stall: { from: 'first-frame', ms: 1_800_000 },
  openStallMs: 600_000,
  command: '',
};

const OPENED: JobDetail['opened'] = {
  pattern: 'hero_####',
  format: 'OPEN_EXR',
  settings: {
    ...{ scene: 'Night', camera: 'Cam_Hero', viewLayers: ['beauty', 'fog'], samples: 128 },
    ...{ percentage: 50, denoise: false, colorDepth: 16 },
  },
};

const SETTINGS: Settings = { ...DEFAULT_SETTINGS, maxRetries: 3 };
const PLACES: SettingPlaces = {
  blend: { file: 'base.yaml', line: 2 },
  camera: { file: 'hero.yaml', line: 4 },
};

/** What is said of one setting: its value and its source. */
function fact(name: string, detail: Partial<JobDetail>, places: SettingPlaces | null = PLACES) {
  const facts = setupFacts({
    row: aRow(),
    detail: { ...DETAIL, ...detail },
    folder: '/shots/film',
    places,
    settings: SETTINGS,
  });
  const found = facts.find((one) => one.name === name);
  return found && [found.value, found.source];
}

describe('the set-up of a shot', () => {
  it('names the file and the line that say a setting', () => {
    expect(fact('Scene file', {})).toEqual(['scenes/a.blend', 'base.yaml, line 2']);
    expect(fact('Camera', {})).toEqual(['Cam_Hero', 'hero.yaml, line 4']);
  });

  it('tells what the open scene has where no file says it', () => {
    expect(fact('Samples', {})).toEqual([null, null]);
    expect(fact('Samples', { opened: OPENED })).toEqual(['128', 'scene']);
    expect(fact('View layers', { opened: OPENED })).toEqual(['beauty, fog', 'scene']);
    expect(fact('Denoise', { opened: OPENED })).toEqual(['Off', 'scene']);
    expect(fact('Format', { opened: OPENED })).toEqual(['OPEN_EXR', 'scene']);
    expect(fact('Camera', { opened: OPENED })).toEqual(['Cam_Hero', 'hero.yaml, line 4']);
  });

  it('names the cameras that markers bind to the frames of the shot, and not the one of the scene', () => {
    const cameras = [
      { from: 10, camera: 'Wide' },
      { from: 20, camera: 'Close' },
      { from: 90, camera: 'End' },
    ];
    const opened = { ...OPENED, settings: { ...OPENED.settings, cameras } } as JobDetail['opened'];
    const frames = (...numbers: number[]) =>
      numbers.map((frame) => ({ frame, state: { status: 'waiting', tries: 0 } as const }));
    const seen = (...numbers: number[]) =>
      fact('Camera', { opened, frames: frames(...numbers) }, {});
    expect(seen(1, 5)).toEqual(['Wide', 'markers']);
    expect(seen(15, 16, 40)).toEqual(['Wide, Close', 'markers']);
    expect(seen(30, 40)).toEqual(['Close', 'markers']);
    expect(seen(200)).toEqual(['End', 'markers']);
    expect(seen()).toEqual(['Wide, Close, End', 'markers']);
    expect(fact('Camera', { opened: OPENED }, {})).toEqual(['Cam_Hero', 'scene']);
  });

  it('knows what is Nightshift’s own: the output folder, and what the settings say', () => {
    expect(fact('Output', {})).toEqual(['renders/hero', 'default']);
    expect(fact('Retries', {})).toEqual(['3', 'settings']);
    const own = { ...SHOT, retries: 5 };
    const places = { retries: { file: 'defaults.yaml', line: 7 } };
    expect(fact('Retries', { shotConfig: own }, places)).toEqual(['5', 'defaults.yaml, line 7']);
  });

  it('claims no source before the files were looked at', () => {
    expect(fact('Scene file', {}, null)).toEqual(['scenes/a.blend', null]);
    expect(fact('Samples', { opened: OPENED }, null)).toEqual(['128', null]);
  });
});
