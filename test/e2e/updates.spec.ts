import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { shutOut } from './axe.ts';
import { scriptedFilm } from './film.ts';
import { misfits } from './fit.ts';
import { app, place, shown, startApp, test } from './story.ts';

const CHANNEL = process.arch === 'x64' ? 'latest-linux.yml' : `latest-linux-${process.arch}.yml`;

/** Where versions lie, as a release puts them there. */
interface Releases {
  readonly host: string;
  /** What was asked for, in its order. */
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** @param sum of another file than the one that lies there */
  offer(version: string, image: string, sum?: string): void;
  close(): Promise<void>;
}

async function releases(): Promise<Releases> {
  const files = new Map<string, string>();
  const asked: Releases['asked'] = [];
  const server = createServer(({ url = '', headers }, answer) => {
    const [path = ''] = url.slice(1).split('?');
    asked.push({ path, headers });
    const body = files.get(path);
    answer.writeHead(body === undefined ? 404 : 200).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    offer: (version, image, sum = image) => {
      const name = `Nightshift-${version}.AppImage`;
      const sha512 = createHash('sha512').update(sum).digest('base64');
      const notes = 'releaseNotes: |\n  <b>Faster</b> moons.\n  And a second line.\n';
      files.set(
        CHANNEL,
        `version: ${version}\nfiles:\n  - url: ${name}\n    sha512: ${sha512}\npath: ${name}\nsha512: ${sha512}\n${notes}`,
      );
      files.set(name, image);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

// AppImages are of Linux; on the others the same steps are tried by test/updates/.
if (process.platform === 'linux') {
  test('an update is looked for when the artist asks, checked, held back by the night, and installed by a restart', async () => {
    const { root } = place;
    const server = await releases();
    const image = join(root, 'Nightshift.AppImage');
    const started = join(root, 'started');
    /** What lies in the place of the next version: it notes that it was started. */
    const next = `#!/bin/sh\necho "silent: $APPIMAGE_SILENT_INSTALL" >> '${started}'\n`;
    await writeFile(image, '#!/bin/sh\n');
    await chmod(image, 0o755);
    const channel = join(root, 'app-update.yml');
    const url = `http://${server.host}/`;
    await writeFile(
      channel,
      `provider: generic\nurl: ${url}\nupdaterCacheDirName: nightshift-updater\n`,
    );
    const film = await scriptedFilm(
      root,
      { hero: 'frames: 1-2\n' },
      { render: [{ frame: 2, hang: true }] },
    );
    const env = {
      ...film.env,
      NIGHTSHIFT_TRY_UPDATES: channel,
      APPIMAGE: image,
      XDG_CACHE_HOME: join(root, 'cache'),
    };
    await startApp([film.folder], env);
    const button = (name: string) => app.window.getByRole('button', { name, exact: true });
    const checkByMenu = () =>
      app.main.evaluate(({ Menu }) =>
        Menu.getApplicationMenu()?.getMenuItemById('updates')?.click(),
      );

    await app.expectStatus('hero', 'Waiting');
    await app.render();
    await app.expectStatus('hero', 'Rendering');
    expect(server.asked).toEqual([]);

    server.offer('0.1.0', next);
    await checkByMenu();
    await expect(app.dialog('Nightshift 0.1.0 is the newest')).toBeVisible();
    expect(server.asked.map(({ path }) => path)).toEqual([CHANNEL]);
    expect(server.asked[0]?.headers['x-user-staging-id']).toBe('none');

    server.offer('99.0.0', next, 'another file');
    await button('Check again').click();
    const found = app.dialog('Nightshift 99.0.0 is there');
    await expect(found.getByText('<b>Faster</b> moons.\nAnd a second line.')).toBeVisible();
    await shown('update-found');
    expect(await shutOut(app.window)).toEqual([]);
    expect(await misfits(app.window)).toEqual([]);
    await button('Download').click();
    const failed = app.dialog('Nightshift 99.0.0 was not downloaded');
    await expect(failed.getByText(/its checksum is another\. It was thrown away/)).toBeVisible();
    await shown('update-refused');

    server.offer('99.0.0', next);
    await button('Download').click();
    const ready = app.dialog('Nightshift 99.0.0 is ready');
    await expect(
      ready.getByText(
        '“film” is rendering: the update waits until its night is over. After that, closing Nightshift installs it.',
      ),
    ).toBeVisible();
    await expect(button('Restart and install')).toHaveCount(0);
    expect(await app.call('updates:restart', undefined)).toMatchObject({ ok: false });
    await shown('update-waits');
    await button('Close').click();

    await app.cancelBatch();
    await app.expectEnd();
    await button('99.0.0 is ready').click();
    await shown('update-ready');
    const gone = new Promise<void>((resolve) => app.main.once('close', () => resolve()));
    await button('Restart and install').click();
    await gone;
    expect(await readFile(image, 'utf8')).toBe(next);
    await expect.poll(() => readFile(started, 'utf8').catch(() => '')).toBe('silent: true\n');

    // It was our stand-in that was started: this one still is what it was, and says so.
    await startApp([], env);
    await expect(app.window.getByText(/^Nightshift 99\.0\.0 was to be installed/)).toBeVisible();
    const before = server.asked.length;
    await app.press('Settings');
    const settings = app.dialog('Settings');
    await settings.getByLabel('Updates').selectOption('Look at each start');
    await shown('update-setting');
    await button('Save').click();
    await expect(button('Update to 99.0.0…')).toBeVisible();
    expect(server.asked).toHaveLength(before + 1);
    await server.close();
    await app.press('Settings');
    await settings.getByRole('button', { name: 'Check for updates…' }).click();
    await expect(app.window.getByText(`${server.host} does not answer.`)).toBeVisible();
    await shown('update-no-answer');
    await app.window.keyboard.press('Escape');
    await expect(settings).toBeVisible();
    await expect(app.window.getByText(`${server.host} does not answer.`)).toHaveCount(0);
  });
}
