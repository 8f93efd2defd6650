import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { type Heard, listening } from '../telling/listening.ts';
import { scriptedFilm } from './film.ts';
import { app, place, startApp, test } from './story.ts';
import { Survey } from './survey.ts';

const SECRET = 'nobody-else-knows';

function said({ body }: Heard) {
  return JSON.parse(body.toString());
}

test('an artist sets up a place elsewhere, reads what it would be sent, tries it, and is told of the night there', async () => {
  const there = await listening();
  try {
    const { folder, env } = await scriptedFilm(
      place.root,
      { hero: 'frames: 1-3\n', bad: 'frames: 1\n' },
      { open: { blend: 'bad', fail: { cause: 'no-camera', message: 'The scene has no camera.' } } },
    );
    await startApp([folder], env);
    const survey = new Survey();
    const { window } = app;
    await window.emulateMedia({ reducedMotion: 'reduce' });
    await app.expectStatus('hero', 'Waiting');
    await app.press('Settings');
    await expect(app.dialog('Settings').getByText('Off: nothing is sent anywhere.')).toBeVisible();
    await app.dialog('Settings').getByRole('button', { name: 'Set up places…' }).click();
    const places = app.dialog('Tell me elsewhere');
    await expect(places.getByRole('listitem')).toHaveCount(5);
    await survey.look('places elsewhere');

    // Slack takes no picture, and says so before anything is filled in.
    await places.getByRole('button', { name: 'Set up Slack…' }).click();
    await expect(
      app.dialog('Slack').getByText(/take text only: there is no picture/),
    ).toBeVisible();
    await expect(app.dialog('Slack').getByRole('img')).toHaveCount(0);
    await app.dialog('Slack').getByRole('button', { name: 'Back' }).click();

    await places.getByRole('button', { name: 'Set up Webhook…' }).click();
    const webhook = app.dialog('Webhook');
    await webhook.getByLabel('URL').fill(`${there.url}/${SECRET}`);
    await webhook.getByLabel('Bearer token').fill(SECRET);
    await webhook.getByLabel('A batch starts').check();
    await webhook.getByRole('button', { name: 'Save' }).click();
    await expect(webhook.getByText(/is not encrypted\. Write https:\/\//)).toBeVisible();
    await webhook.getByLabel('Plain http:// within my own network').check();
    const message = webhook.getByRole('region', { name: 'Message' });
    await expect(
      message.getByText('sh0040_lighting_v012 failed (no camera)').first(),
    ).toBeVisible();
    await expect(message.getByRole('img')).toBeVisible();
    await message.getByText('The request').click();
    await expect(message.getByText(`POST ${there.url}/•••`)).toBeVisible();
    await expect(message.getByText(SECRET)).toHaveCount(0);
    await survey.look('a place elsewhere');
    // Nothing of that was sent.
    expect(there.heard).toEqual([]);
    await webhook.getByRole('button', { name: 'Test' }).click();
    await expect(webhook.getByText('The test is there.')).toBeVisible();
    expect(there.heard.map((heard) => said(heard).title)).toEqual(['Nightshift can tell you here']);
    await webhook.getByRole('button', { name: 'Save' }).click();

    // What is secret does not come back.
    await places.getByRole('button', { name: 'Change Webhook…' }).focus();
    await window.keyboard.press('Enter');
    await expect(webhook.getByLabel('URL')).toHaveValue('');
    await expect(webhook.getByLabel('URL')).toHaveAttribute('placeholder', /^Kept\./);
    await webhook.getByRole('button', { name: 'Back' }).click();
    await survey.look('a place that is kept');
    await places.getByRole('button', { name: 'Close' }).click();
    await app.dialog('Settings').getByRole('button', { name: 'Close' }).click();

    await app.render();
    await app.expectEnd();
    // Pictures are made after everything else.
    await expect.poll(() => there.heard.length, { timeout: 70_000 }).toBe(4);
    const [, ...night] = there.heard.map(said);
    expect(night.map(({ title }) => title)).toEqual([
      'film has started',
      'bad failed (no camera)',
      'film: 1 shot failed',
    ]);
    expect(night[2].picture.name).toMatch(/^hero_000\d\.jpg$/);
    expect(there.heard[3]?.headers.authorization).toBe(`Bearer ${SECRET}`);

    // Off, it makes no request.
    await app.press('Settings');
    await app.dialog('Settings').getByRole('button', { name: 'Set up places…' }).click();
    await expect(places.getByText(/Told last at \d\d:\d\d\./)).toBeVisible();
    await places.getByRole('switch', { name: 'Webhook' }).click();
    await expect(places.getByRole('switch', { name: 'Webhook' })).not.toBeChecked();
    await window.keyboard.press('Escape');
    await window.keyboard.press('Escape');
    await app.row('bad').click();
    await app.press('Retry');
    await app.expectEnd();
    await app.close();
    expect(there.heard).toHaveLength(4);
    const kept = JSON.parse(await readFile(join(place.data, 'telling.json'), 'utf8'));
    expect(kept.places).toMatchObject([{ service: 'webhook', on: false, fields: {} }]);
    expect(survey.faults).toEqual([]);
  } finally {
    there.close();
  }
});
