import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { batchAdded, EMPTY_QUEUE, QueueFile } from '../../electron/engine/index.ts';
import type { NightQueue } from '../../shared/tonight.ts';

async function folder(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'nightshift-queue-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  return data;
}

function adding(batchId: string) {
  const place = { folder: `/${batchId}`, outputRoot: `/${batchId}/renders` };
  return (queue: NightQueue) =>
    batchAdded(queue, { batchId, ...place, only: null, trusted: null }, 'last');
}

it('is empty at first, and holds what was put into it', async () => {
  const data = await folder();
  expect(await new QueueFile(data).read()).toEqual(EMPTY_QUEUE);
  await new QueueFile(data).change(adding('film'));
  const { batches } = await new QueueFile(data).read();
  expect(batches).toMatchObject([{ batchId: 'film', folder: '/film', problem: null }]);
});

it('loses nobody’s entry when several write at once', async () => {
  const data = await folder();
  const names = Array.from({ length: 8 }, (_, index) => `film${index}`);
  await Promise.all(names.map((name) => new QueueFile(data).change(adding(name))));
  const { batches } = await new QueueFile(data).read();
  expect(batches.map(({ batchId }) => batchId).sort()).toEqual(names.sort());
});

it('outlives who died while changing it', async () => {
  const data = await folder();
  const left = join(data, 'tonight', 'changing');
  await mkdir(left, { recursive: true });
  await utimes(left, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
  await new QueueFile(data).change(adding('film'));
  expect((await new QueueFile(data).read()).batches).toHaveLength(1);
});

it('is set aside where nobody can understand it, and changes nothing where the change fails', async () => {
  const data = await folder();
  const file = new QueueFile(data);
  await file.change(adding('film'));
  const refuse = () => {
    throw new Error('no');
  };
  await expect(file.change(refuse)).rejects.toThrow('no');
  expect((await file.read()).batches).toHaveLength(1);
  await writeFile(file.path, '{"version": 1, "batches": [');
  expect(await file.read()).toEqual(EMPTY_QUEUE);
  expect(await readFile(`${file.path}.bad`, 'utf8')).toContain('"batches": [');
  await file.change(adding('titles'));
  expect(await readdir(join(data, 'tonight'))).toEqual(['queue.json', 'queue.json.bad']);
});

it('tells what another process has added', async () => {
  const data = await folder();
  const file = new QueueFile(data);
  const told = vi.fn();
  const stop = await file.watch(told, (error) => expect.unreachable(String(error)));
  onTestFinished(stop);
  await new QueueFile(data).change(adding('film'));
  await vi.waitFor(() => expect(told).toHaveBeenCalled(), 10_000);
});

it('is gone through by one at a time', async () => {
  const data = await folder();
  const lock = await new QueueFile(data).take();
  await expect(new QueueFile(data).take()).rejects.toThrow(/^Tonight is in the hands of .*command/);
  await lock.release();
  await (await new QueueFile(data).take()).release();
});
