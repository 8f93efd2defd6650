/**
 * The computer of the network that a path leads to, in small letters; `null`: it is a path of this computer. Windows goes
 * there by itself, and shows who is logged on, as soon as such a path is only looked at. Elsewhere there is no such path.
 * @param path absolute
 */
export function serverOf(path: string, platform = process.platform): string | null {
  if (platform !== 'win32') return null;
  return /^[\\/]{2}([^\\/]+)/.exec(path)?.[1]?.toLowerCase() ?? null;
}

/** Whether a path leads to a computer of the network to which none of the known ones leads. All absolute. */
export function isStrange(
  path: string,
  known: readonly string[],
  platform = process.platform,
): boolean {
  const server = serverOf(path, platform);
  return server !== null && !known.some((each) => serverOf(each, platform) === server);
}
