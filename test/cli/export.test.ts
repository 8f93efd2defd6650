import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeCli } from './rig.ts';

test('shots are written as a job for a farm, and what can not be rendered is left out with a sentence', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-3');
  await cli.shot('needy', 'frames: 1\ndepends_on: lost\n');
  await cli.file('scenes/lost.blend', 'BLENDER-v403RENDH');
  await cli.file('shots/lost.yaml', 'blend: ../scenes/lost.blend\n');
  await cli.file('shots/torn.yaml', 'blend: [\n');
  await cli.steer({
    open: { blend: 'lost', fail: { cause: 'no-camera', message: 'The scene has no camera.' } },
    facts: { inputs: ['/elsewhere/wood.png'] },
  });
  const template = join(cli.folder, 'bundle/template.yaml');
  const { code, err, out } = await cli.run('export', 'shots', '--openjd', '--out', template);
  expect(out).toBe('');
  expect(err).toContain('torn.yaml:2:1: error');
  expect(err).toContain('The scene has no camera.');
  expect(err).toContain('needy is left out: it needs lost, which is left out.');
  expect(err).toContain('hero reads /elsewhere/wood.png, outside of');
  expect(code).toBe(1);
  const { steps, specificationVersion } = parse(await readFile(template, 'utf8'));
  expect(specificationVersion).toBe('jobtemplate-2023-09');
  expect(steps.map(({ name }: { name: string }) => name)).toEqual(['hero']);
  const beside = (name: string) => readFile(join(cli.folder, 'bundle', name), 'utf8').then(parse);
  expect(await beside('asset_references.yaml')).toEqual({
    assetReferences: {
      inputs: {
        filenames: ['/elsewhere/wood.png', join(cli.folder, 'scenes/any.blend')],
        directories: [],
      },
      outputs: { directories: [join(cli.shots, 'renders')] },
    },
  });
  expect(await beside('parameter_values.yaml')).toEqual({
    parameterValues: [
      { name: 'Project', value: join(cli.folder, 'scenes') },
      { name: 'OutputDir', value: join(cli.shots, 'renders') },
    ],
  });
});

test('without a file the template alone is on standard output', async () => {
  const cli = await makeCli();
  await cli.shot('hero');
  const { code, out } = await cli.run('export', 'shots', '--openjd');
  expect(code).toBe(0);
  // The range of the scene, where the shot says none.
  expect(parse(out).steps[0].parameterSpace.taskParameterDefinitions[0].range).toBe('1-3');
});
