import { App } from '../../e2e/app.ts';
import type { Bench } from '../scenario.ts';
import { openDisplay } from './display.ts';
import { holdNextStore } from './inside.ts';
import { makePlace, type PlaceOptions, shotName } from './place.ts';
import { scriptedBlender } from './scripted-blender.ts';

/** A window with a batch in it, whose store the benchmark holds. */
export interface OpenBatch {
  readonly app: App;
  /** In words: on which screen it is. */
  readonly where: string;
  readonly close: () => Promise<void>;
}

/** Reading ten thousand shots from a busy disk may take its time; how long is measured elsewhere. */
const OPEN_MS = 180_000;

/** Starts the app, opens a folder of shots and resolves when they stand in the table. */
export async function openBatch(bench: Bench, options: PlaceOptions): Promise<OpenBatch> {
  const display = await openDisplay();
  const place = await makePlace(bench.folder, options);
  // Blenders that take each order and never answer: the batch renders, and all that happens comes from us.
  const blender = await scriptedBlender(bench.folder, { render: { hang: true } });
  const app = await App.start(place.data, [], { ...display.env, ...blender });
  const close = async () => {
    await app.close();
    await display.close();
  };
  try {
    await holdNextStore(app);
    await app.dropFolder(place.shots);
    await app.row(shotName(1)).waitFor({ timeout: OPEN_MS });
    return { app, where: display.words, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Presses Render and resolves when both workers are at a frame that they will never finish. */
export async function startRendering(app: App): Promise<void> {
  await app.render();
  const workers = app.window.getByRole('region', { name: 'Workers' });
  await workers.getByText('frame 1').first().waitFor({ timeout: OPEN_MS });
}
