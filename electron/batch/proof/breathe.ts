/** Gives other work a turn after every few megabytes, so that a large file never stops the window. */
export function breather(bytesBetween = 4 * 1024 * 1024): (bytes: number) => Promise<void> {
  let left = bytesBetween;
  return async (bytes) => {
    left -= bytes;
    if (left > 0) return;
    left = bytesBetween;
    await new Promise((resolve) => setImmediate(resolve));
  };
}
