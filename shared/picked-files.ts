// Batches of some .blend files only, which the artist has picked.

/** More than these are a folder. */
export const MOST_PICKED = 1000;

/** How such a batch is called: `sh0040_v019.blend`, `sh0040_v019 + 2 more`. @param files relative, with `/` */
export function filesName(files: readonly string[]): string {
  const [first = ''] = files;
  const name = first.slice(first.lastIndexOf('/') + 1);
  return files.length > 1 ? `${name.replace(/\.blend$/i, '')} + ${files.length - 1} more` : name;
}

/** What of a disk a batch is of, as a path: its folder, or the files in it. */
export function placePath({
  folder,
  files,
}: {
  readonly folder: string;
  readonly files?: readonly string[] | undefined;
}): string {
  if (!files) return folder;
  return `${folder}${folder.includes('\\') ? '\\' : '/'}${filesName(files)}`;
}
