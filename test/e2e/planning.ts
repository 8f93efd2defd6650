import type { App } from './app.ts';

/** Says when the batch is to start, and from when on no new frames are started. */
export async function plan(
  app: App,
  { startAt, until }: { readonly startAt?: string; readonly until?: string },
): Promise<void> {
  await app.press('Schedule…');
  const field = (label: string) => app.window.getByLabel(label, { exact: true });
  if (startAt) await field('Start at').fill(startAt);
  if (until) await field('Until').fill(until);
  await app.press(startAt ? 'Schedule' : /^(Set|Render until then)$/);
}

/** The main process' clock shows so much more than it really is, as after a sleep. */
export async function setClock(app: App, ahead: number): Promise<void> {
  await app.main.evaluate((_electron, ms) => {
    const clock = Date as unknown as { truth?: () => number };
    clock.truth ??= Date.now;
    const { truth } = clock;
    Date.now = () => truth() + ms;
  }, ahead);
}
