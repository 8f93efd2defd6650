import { join } from 'node:path';
import envPaths from 'env-paths';
import { headStart } from '../blender/head-start.ts';

// What plain Node is started with. It is a build of its own, in which `main.cjs` waits beside it, so that no more than this
// stands before that can be loaded as V8 compiled it before, and before Blender comes up beside it. The packed app loads
// `main.ts` itself.
const { cache } = envPaths('Nightshift', { suffix: '' });
const words = process.argv.slice(2);
const begun = headStart(words, cache);
// What a render uses is not what the others use.
const uses = words[0] === 'render' ? 'render' : 'others';
// Not before Blender has begun: it needs more of Node.
void import('./compiled.ts').then(({ loadCompiled }) => {
  const folder = join(cache, 'code', uses);
  const { main } = loadCompiled(join(__dirname, 'main.cjs'), folder) as typeof import('./main.ts');
  return main(begun);
});
