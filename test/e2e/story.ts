import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { App, workplace } from './app.ts';
import { processesOf } from './processes.ts';

/** The folders of the story that is being told. One is told at a time. */
export let place: Awaited<ReturnType<typeof workplace>>;
/** The window that was opened last. */
export let app: App;
let opened: App[];

/** A test with a place of its own, whose windows are closed after it, and which leaves no process behind. */
export const test = base.extend<{ story: undefined }>({
  story: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it which fixtures this one needs
    async ({}, use) => {
      place = await workplace();
      opened = [];
      try {
        await use(undefined);
      } finally {
        for (const each of opened) await each.close();
        const left = expect.poll(() => processesOf(place.root)).toEqual([]);
        await left.finally(place.leave);
      }
    },
    { auto: true },
  ],
});

/** Starts Nightshift, as `app` from now on. @param args what a person would put after `npm start --` */
export async function startApp(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  data = place.data,
): Promise<App> {
  app = await App.start(data, args, env, true);
  opened.push(app);
  return app;
}

/** The picture of this moment, for a person to judge; kept only where a folder for them is named. */
export async function shown(name: string): Promise<void> {
  const folder = process.env.NIGHTSHIFT_SHOTS;
  if (folder) await app.window.screenshot({ path: join(folder, `${name}.png`) });
}
