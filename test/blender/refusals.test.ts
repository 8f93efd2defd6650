import { readFile, truncate, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeBlend } from '../helpers/make-blend.ts';
import { failed, makeRig, sceneRequest, value, within } from './rig.ts';

test('what the file or the script has wrong is told with its own cause, and the worker lives on', async () => {
  const rig = await makeRig();
  const good = await makeBlend(rig.path('good.blend'));
  const cut = await makeBlend(rig.path('cut.blend'));
  await truncate(cut, 50_000);
  const blind = await makeBlend(rig.path('blind.blend'), 'bpy.data.objects.remove(camera)');
  const noisy = await makeBlend(rig.path('noisy.blend'), 'scene.cycles.use_denoising = True');
  const bitmap = await makeBlend(
    rig.path('bmp.blend'),
    "render.image_settings.file_format = 'BMP'",
  );
  await writeFile(rig.path('bad.py'), 'import bpy\n\ndef f():\n    return 1 / 0\n\nf()\n');
  await writeFile(rig.path('syntax.py'), 'import bpy\nthis is no python\n');
  await writeFile(rig.path('exits.py'), 'import sys\nsys.exit("no subject")\n');
  await writeFile(rig.path('text.blend'), 'hello');
  const worker = await rig.start({ trusted: true });
  const cases = [
    [{ blend: cut }, 'unreadable-scene', /cut\.blend" is damaged/],
    [{ blend: rig.path('text.blend') }, 'unreadable-scene', /text\.blend" is not a Blender file/],
    [{ blend: rig.path('none.blend') }, 'missing-file', /none\.blend/],
    [{ blend: blind }, 'no-camera', /no camera/],
    [{ blend: bitmap }, 'format-not-supported', /BMP/],
    [{ blend: good, scene: 'Scen' }, 'not-in-scene', /"Scene"/],
    [{ blend: good, camera: 'Cam' }, 'not-in-scene', /"Camera"/],
    [{ blend: good, viewLayers: ['beauty'] }, 'not-in-scene', /"ViewLayer"/],
    [{ blend: good, render: { engine: 'octane' } }, 'engine-not-available', /octane/],
    [{ blend: good, colorDepth: 12 }, 'format-not-supported', /12 bits/],
    [{ blend: good, script: rig.path('bad.py') }, 'script-error', /line 4 of "bad\.py": ZeroDiv/],
    [{ blend: good, script: rig.path('syntax.py') }, 'script-error', /line 2 of "syntax\.py"/],
    [{ blend: good, script: rig.path('exits.py') }, 'script-error', /no subject/],
    [{ blend: good, script: rig.path('gone.py') }, 'missing-file', /gone\.py/],
  ] as const;
  for (const [wish, cause, words] of cases) {
    const failure = failed(await worker.open(sceneRequest(wish), within()));
    expect(failure, failure.message).toMatchObject({ cause });
    expect(failure.message).toMatch(words);
    expect(failure.message).toMatch(/\.$/);
    expect(failure.nextStep).toMatch(/\.$/);
  }
  const answer = await worker.open(sceneRequest({ blend: noisy }), within());
  // A Blender from blender.org has the denoiser; Debian's has not.
  if (!answer.ok) expect(answer.failure.cause).toBe('denoiser-not-available');
  value(await worker.open(sceneRequest({ blend: good }), within()));
});

test('engines are known by short names, and a GPU that is not there is told', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('a.blend'));
  const worker = await rig.start();
  for (const [engine, id] of [
    ['eevee', /^BLENDER_EEVEE(_NEXT)?$/],
    ['workbench', /^BLENDER_WORKBENCH$/],
    ['BLENDER_EEVEE_NEXT', /^BLENDER_EEVEE(_NEXT)?$/],
    ['cycles', /^CYCLES$/],
  ] as const) {
    const wish = sceneRequest({ blend, render: { engine, samples: 8 } });
    expect(value(await worker.open(wish, within())).engine).toMatch(id);
  }
  const gpu = await worker.open(sceneRequest({ blend, render: { device: 'gpu' } }), within());
  if (!gpu.ok) expect(gpu.failure.cause).toBe('device-not-available');
  const drawn = sceneRequest({ blend, render: { engine: 'workbench', device: 'gpu' } });
  expect((await worker.open(drawn, within())).ok).toBe(true);
  const cpu = await worker.open(sceneRequest({ blend, render: { device: 'cpu' } }), within());
  expect(cpu.ok).toBe(true);
});

test('an output folder that cannot be there is told', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(rig.path('a.blend'));
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend, format: 'JPEG' }), within()));
  await writeFile(rig.path('file'), '');
  const file = rig.path('file', 'x.jpg');
  expect(failed(await worker.render({ frame: 1, threads: 1, file }, within())).cause).toBe(
    'output-not-writable',
  );
});

test('a scene that is an empty file is told as that', async () => {
  const rig = await makeRig();
  await writeFile(rig.path('empty.blend'), '');
  const worker = await rig.start();
  const failure = failed(
    await worker.open(sceneRequest({ blend: rig.path('empty.blend') }), within()),
  );
  expect(failure.cause).toBe('unreadable-scene');
  expect(failure.message).toBe(
    `The scene "${rig.path('empty.blend')}" is empty: its file has no bytes in it.`,
  );
});

test('a scene of a newer Blender is opened with a warning, or told to need that Blender', async () => {
  const rig = await makeRig();
  const bytes = await readFile(await makeBlend(rig.path('a.blend')));
  // `BLENDER-v403`, or since 5.0 `BLENDER17-01v0502`.
  const header =
    /^BLENDER(?:[-_]v\d{3}|\d\d-\d\dv\d{4})/.exec(bytes.toString('latin1', 0, 17))?.[0] ?? '';
  const rest = bytes.subarray(header.length);
  const newer = Buffer.from(header.replace(/\d{3}$/, '989'));
  await writeFile(rig.path('readable.blend'), Buffer.concat([newer, rest]));
  await writeFile(rig.path('not.blend'), Buffer.concat([Buffer.from('BLENDER18-02v0990'), rest]));
  const worker = await rig.start();
  value(await worker.open(sceneRequest({ blend: rig.path('readable.blend') }), within()));
  expect(value(await worker.inspect([1], within()))).toMatchObject([
    { cause: 'newer-blender-needed' },
  ]);
  const failure = failed(
    await worker.open(sceneRequest({ blend: rig.path('not.blend') }), within()),
  );
  expect(failure).toMatchObject({ cause: 'newer-blender-needed' });
  expect(failure.message).toMatch(/saved by Blender 9\.90/);
});

test('a script is not run, and a .blend runs none of its own, where the folder is not trusted', async () => {
  const rig = await makeRig();
  const blend = await makeBlend(
    rig.path('carries.blend'),
    `
text = bpy.data.texts.new('auto.py'); text.use_module = True
text.write("import bpy; print('the text ran')")
`,
  );
  await writeFile(rig.path('build.py'), "print('the script ran')");
  const worker = await rig.start({ trusted: false });
  const wish = { blend, script: rig.path('build.py') };
  expect(failed(await worker.open(sceneRequest(wish), within())).cause).toBe('not-trusted');
  value(await worker.open(sceneRequest({ blend }), within()));
  expect(rig.log.join('\n')).not.toMatch(/(text|script) ran/);

  const trusting = await rig.start({ trusted: true });
  value(await trusting.open(sceneRequest(wish), within()));
  expect(rig.log).toContain('the text ran');
  expect(rig.log).toContain('the script ran');
});
