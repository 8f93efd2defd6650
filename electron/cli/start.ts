import { join } from 'node:path';
import envPaths from 'env-paths';
import { loadCompiled } from './compiled.ts';

// What plain Node is started with. It is a build of its own, in which `main.cjs` waits beside it, so that no more than this
// stands before that can be loaded as V8 compiled it before. The packed app loads `main.ts` itself.
const [command = ''] = process.argv.slice(2);
// What a render uses is not what the others use.
const uses = command === 'render' ? 'render' : 'others';
const folder = join(envPaths('Nightshift', { suffix: '' }).cache, 'code', uses);
const { main } = loadCompiled(join(__dirname, 'main.cjs'), folder) as typeof import('./main.ts');
void main();
