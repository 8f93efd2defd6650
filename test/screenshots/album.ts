import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from '@playwright/test';
import sharp from 'sharp';
import type { App } from '../e2e/app.ts';
import { projectRoot } from '../e2e/launch.ts';
import { place, startApp } from '../e2e/story.ts';

const WIDTH = 1440;
const HEIGHT = 900;
const FOLDER = join(projectRoot, 'docs/screenshots');
const THEMES = ['dark', 'light'] as const;

/** The sample shots, as a project in a home that anybody could have. */
export async function moonlitGarden(): Promise<string> {
  const shots = join(place.root, 'projects', 'moonlit-garden');
  await cp(join(projectRoot, 'assets/sample-shots'), shots, {
    recursive: true,
    filter: (file) => basename(file) !== 'renders',
  });
  return shots;
}

/** Starts Nightshift for who lives there. */
export function startAtHome(args: readonly string[] = []): Promise<App> {
  return startApp(args, { HOME: place.root, USERPROFILE: place.root });
}

/** Photographs the window as it is, in both themes: `NAME-dark.webp` and `NAME-light.webp`. */
export async function photograph(app: App, name: string): Promise<void> {
  const { window } = app;
  await mkdir(FOLDER, { recursive: true });
  await app.resize(WIDTH, HEIGHT);
  const before = await window.evaluate(() => document.documentElement.dataset.theme ?? '');
  for (const theme of THEMES) {
    await showTheme(app, theme);
    await expect.poll(() => unseenPictures(app), { timeout: 60_000 }).toBe(0);
    const picture = await window.screenshot({ animations: 'disabled' });
    await sharp(picture)
      .webp({ quality: 90, effort: 6, smartSubsample: true })
      .toFile(join(FOLDER, `${name}-${theme}.webp`));
  }
  await showTheme(app, before);
}

async function showTheme(app: App, theme: string): Promise<void> {
  await app.window.evaluate((value) => {
    document.documentElement.dataset.theme = value;
  }, theme);
}

/** Pictures that the window waits for. */
function unseenPictures(app: App): Promise<number> {
  return app.window.evaluate(() => {
    const asked = [...document.images].filter((image) => !image.complete).length;
    return asked + (document.body.innerText.includes('picture to come') ? 1 : 0);
  });
}
