import { expect, it } from 'vitest';
import { MoreShots } from '../../electron/app/sessions/more-shots.ts';
import { createBatchFromDirectory } from '../../electron/engine/index.ts';
import type { FramePlan } from '../../shared/job.ts';
import { folderOf, jobNamed } from '../folder/folder.ts';
import { planOf } from '../helpers/plan.ts';

const SCENES = ['Yard', 'Attic'].map((name) => ({ name, first: 1, last: 3 }));

function planIn(scene: string): FramePlan {
  const settings = {
    ...{ scene, camera: 'Cam', viewLayers: [], samples: 1, percentage: 100 },
    ...{ denoise: false, colorDepth: 8 },
  };
  return planOf([1, 2, 3], { scenes: SCENES, settings });
}

it('tells of a file as soon as all of its shots were seen, and of each file once', async () => {
  const folder = await folderOf({
    'film.bin': 'BLENDER',
    'a.yaml': 'blend: film.bin\n',
    'b.yaml': 'blend: film.bin\n',
    'plain.blend': 'BLENDER',
  });
  const batch = await createBatchFromDirectory(folder);
  const plans = new Map<string, FramePlan>();
  const more = new MoreShots({
    batch: () => batch,
    job: (id) => batch.jobs.find((job) => job.id === id),
    planOf: ({ id }) => plans.get(id) ?? null,
  });
  const [a, b] = [jobNamed(batch, 'a'), jobNamed(batch, 'b')];
  const seen = (job: typeof a, scene: string) => {
    plans.set(job.id, planIn(scene));
    return more.changed(job);
  };
  expect(more.offers).toEqual({});
  seen(a, 'Yard');
  expect(more.offered(a)).toEqual([]);
  expect(seen(b, 'Yard')).toEqual([a.id, b.id]);
  expect(more.offered(a)).toEqual(['scenes']);
  const plain = jobNamed(batch, 'plain');
  expect(more.offered(plain)).toEqual([]);
  plans.set(plain.id, planOf([1]));
  expect(more.changed(plain)).toEqual([]);
  expect(more.offers).toMatchObject({ scenes: { count: 1, only: { file: 'film.bin' } } });
  // The other one renders that scene by now.
  seen(b, 'Attic');
  expect(more.offers).toEqual({});
  expect(more.of(a)).toHaveLength(1);
});
