import { join } from 'node:path';
import envPaths from 'env-paths';
import { loadCompiled } from './compiled.ts';

// What `nightshift` starts in plain Node. Nothing else stands here: the less there is before Blender is started, the better.
const [command = ''] = process.argv.slice(2);
// What a render uses is not what the others use.
const uses = command === 'render' ? 'render' : 'others';
const folder = join(envPaths('Nightshift', { suffix: '' }).cache, 'code', uses);
const { runCommand } = loadCompiled(join(__dirname, 'command.cjs'), folder) as {
  readonly runCommand: () => Promise<never>;
};
void runCommand();
