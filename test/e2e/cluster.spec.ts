import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { whyNoSlurm } from '../../build/setup/slurm.mjs';
import { type Lab, type QueuedJob, startLab } from '../slurm/lab.ts';
import { shutOut } from './axe.ts';
import { scriptedFilm } from './film.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

/*
 * What the window shows of a cluster, on real Slurm: where its laboratory can't be had only what is shown without one is
 * tried. See `build/setup/slurm.mjs`.
 */

test('where no cluster answers nothing of one is shown', async () => {
  const film = await scriptedFilm(place.root, { hero: 'frames: 1\n' });
  await startApp([], { ...film.env, SLURM_CONF: join(place.root, 'nowhere.conf') });
  await app.dropFolder(film.folder);
  await app.expectStatus('hero', 'Waiting');
  await expect(app.window.getByRole('button', { name: /^Where/ })).toHaveCount(0);
  await app.press('Settings');
  await expect(app.dialog('Settings').getByLabel('Workers')).toBeVisible();
  await expect(app.dialog('Settings').getByText('Where', { exact: true })).toHaveCount(0);
});

/** A cluster answers when it is asked, and gives a node when it is its turn. */
const SLOW = { timeout: 60_000 };

/** The window over two real nodes, of which each renders a frame that never ends before `go` is written. */
async function onRealNodes(tell: (lab: Lab, go: string) => Promise<void>): Promise<void> {
  const lab = await startLab({ nodes: 2 });
  try {
    const go = join(place.root, 'go');
    const film = await scriptedFilm(
      place.root,
      { hero: 'frames: 1-6\n' },
      { render: { until: go } },
    );
    await startApp([], { ...film.env, ...lab.env });
    await app.dropFolder(film.folder);
    await app.expectStatus('hero', 'Waiting');
    await app.press('Where: this computer');
    await app.window.getByRole('menuitemcheckbox', { name: /Slurm cluster.*2 nodes/ }).click();
    await app.window.keyboard.press('Escape');
    await app.render();
    for (const node of lab.nodes) {
      const row = app.window.getByRole('listitem').filter({ hasText: node });
      await expect(row).toContainText(/frame \d/, SLOW);
    }
    await tell(lab, go);
    await expect.poll(() => ours(lab), SLOW).toEqual([]);
  } finally {
    await lab.end();
  }
}

/** Our jobs that wait or run. */
async function ours(lab: Lab): Promise<readonly QueuedJob[]> {
  const queue = await lab.queue();
  return queue.filter(({ name, state }) => {
    return name.startsWith('nightshift-') && ['PENDING', 'RUNNING'].includes(state);
  });
}

if (whyNoSlurm() === undefined) {
  test('on a cluster one chooses where, sees the nodes at work and who waits for one, and reads in the morning what each did', async () => {
    const lab = await startLab({ nodes: 3 });
    try {
      const film = await scriptedFilm(
        place.root,
        { hero: 'frames: 1-4\n', lamp: 'frames: 1-4\n' },
        { render: { until: join(place.root, 'go') } },
      );
      await lab.drain('n3');
      await startApp([], { ...film.env, ...lab.env });
      const { window } = app;
      await app.dropFolder(film.folder);
      await app.expectStatus('lamp', 'Waiting');

      await app.press('Where: this computer');
      await window.getByRole('menuitemcheckbox', { name: /Slurm cluster.*3 nodes/ }).click();
      await window.getByRole('menuitem', { name: 'What is asked for…' }).click();
      const settings = app.dialog('Settings');
      await expect(
        settings.getByText(
          'Up to 2 Blenders at once, each with 1 core. 1 node of 3 (n3) can’t be used now.',
        ),
      ).toBeVisible();
      await expect(settings.getByLabel('Workers')).toHaveCount(0);
      await settings.getByLabel('Cores').fill('3');
      await expect(settings.getByText('No node has 3 cores')).toBeVisible();
      await shown('cluster-settings');
      expect(await misfits(window)).toEqual([]);
      expect(await shutOut(window)).toEqual([]);
      await settings.getByLabel('Cores').fill('1');
      await settings.getByLabel('Blenders at once').fill('4');
      await settings.getByRole('button', { name: 'Save' }).click();
      await expect(settings).toHaveCount(0);

      await app.render();
      const lanes = window.getByRole('region', { name: 'Workers' });
      await expect(lanes.getByRole('listitem').filter({ hasText: 'n1' })).toContainText(
        /frame \d/,
        SLOW,
      );
      await expect(lanes.getByRole('listitem').filter({ hasText: 'n2' })).toContainText(
        /frame \d/,
        SLOW,
      );
      await expect(lanes.getByText('2 waiting for a node: all nodes are busy')).toBeVisible(SLOW);
      await expect(window.getByText('Slurm cluster · 4 Blenders at most')).toBeVisible();
      await expect(window.getByRole('button', { name: /^Where/ })).toHaveCount(0);
      await app.resize(1280, 800);
      await shown('cluster-rendering');
      expect(await misfits(window)).toEqual([]);
      expect(await shutOut(window)).toEqual([]);
      await app.resize(1280, 800, 2);
      await shown('cluster-rendering-200');
      expect(await misfits(window)).toEqual([]);
      await app.resize(1280, 800);

      await writeFile(join(place.root, 'go'), '');
      await app.expectEnd();
      await app.unfoldNight();
      await expect(window.getByRole('region', { name: 'The night, node by node' })).toBeVisible();
      await shown('cluster-morning');
      await app.press('Copy report');
      await expect(window.getByText('The report is on the clipboard.')).toBeVisible();
      const report = await app.main.evaluate(({ clipboard }) => clipboard.readText());
      expect(report).toMatch(/## Nodes\n\n.*\n.*\n\| n1 +\| +1 \| +\d/);
    } finally {
      await lab.end();
    }
  });

  test('a place that a real cluster takes away costs no frame, and is told in the morning', async () => {
    await onRealNodes(async (lab, go) => {
      const { window } = app;
      const taken = (await ours(lab)).find(({ node }) => node === 'n1');
      await lab.cancel(taken?.id ?? '');
      const later = async () =>
        (await ours(lab)).filter(({ id }) => Number(id) > Number(taken?.id));
      await expect.poll(async () => (await later()).length, SLOW).toBeGreaterThan(0);
      await writeFile(go, '');
      await expect(window.getByText('How the night went')).toBeVisible(SLOW);
      await expect(window.getByRole('heading', { name: 'All 6 frames are ready' })).toBeVisible();
      await app.unfoldNight();
      await expect(window.getByText('What the night met: 1 thing')).toBeVisible();
      await expect(window.getByText(/Somebody cancelled the job on n1/)).toBeVisible();
      await expect(window.getByRole('img', { name: /n2 was at work for/ })).toBeVisible();
      await shown('cluster-taken-away');
    });
  });

  test('a window that is closed while real nodes render leaves no job on them', async () => {
    await onRealNodes(() => app.close());
  });
}
