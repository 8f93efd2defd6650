import { expect, test } from 'vitest';
import { shotJsonSchemaText } from '../../electron/engine/folder/json-schema.ts';
import { batchOf, told } from './folder.ts';

test('the JSON Schema that ships is the one of the definition', async () => {
  await expect(shotJsonSchemaText()).toMatchFileSnapshot('../../assets/shot.schema.json');
});

test('a shot file names its schema for the editor, in a comment or as a key', async () => {
  const batch = await batchOf({
    'comment.yaml': '# yaml-language-server: $schema=./shot.schema.json\nblend: scene.bin\n',
    'key.yaml': '$schema: ./shot.schema.json\nblend: scene.bin\n',
    'heir.yaml': 'extends: key.yaml\nsamples: 3\n',
    'compose.yaml': '$schema: ./compose-spec.json\nservices: {}\n',
  });
  expect(told(batch)).toEqual([
    expect.stringContaining('heir.yaml:2:1 The key `samples` is not known'),
    expect.stringContaining('compose.yaml This is no shot file'),
  ]);
  const [one, two] = batch.jobs;
  expect(batch.jobs.map(({ name }) => name)).toEqual(['comment', 'heir', 'key']);
  expect(one?.source).toBe(two?.source);
});
