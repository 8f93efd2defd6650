import type { Child } from './rig.ts';

/** Resolves when a command has written this on standard error, from now on. */
export function said(child: Child, text: string): Promise<void> {
  const stream = (child as unknown as { stderr: NodeJS.ReadableStream }).stderr;
  let all = '';
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      all += chunk.toString();
      if (all.includes(text)) resolve();
    });
  });
}
