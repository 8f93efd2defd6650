import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { CLI, events, makeCli, ofType } from './rig.ts';

test.skipIf(process.platform === 'win32')(
  'the command of the report renders what failed, once it can be rendered',
  async () => {
    const cli = await makeCli();
    await cli.shot('good', 'frames: 1-2');
    await cli.shot('stunt', `name: "it's a \`stunt\`"\nframes: 1-2`);
    await cli.steer({ render: { frame: 2, crash: true } });
    await cli.run('render', cli.shots, '-o', cli.out, '--retries', '0', '--only', "it's a `stunt`");
    const { out } = await cli.run('report');
    const command = /```+sh\n(.*?)\n```/su.exec(out)?.[1];
    expect(command).toMatch(/^npx nightshift render /);
    await cli.steer({});
    const script = join(cli.folder, 'again.sh');
    await writeFile(
      script,
      `npx() { shift; "${process.execPath}" "${CLI}" "$@"; }\n${command} --json\n`,
    );
    const again = await execa('sh', [script], { env: cli.env, reject: false });
    expect(again.exitCode, again.stderr).toBe(0);
    const done = ofType(events(again.stdout), 'frame-done');
    expect(done).toMatchObject([{ name: "it's a `stunt`", frame: 2 }]);
  },
);
