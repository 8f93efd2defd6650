/** File systems lose whole pages, at multiples of this many bytes. */
const PAGE = 4096;
const ZEROS = Buffer.alloc(PAGE);

/**
 * True if compressed data between `start` and `end` (offsets in the file) has a page of zeros, or
 * ends in zeros: what is left where the power went before the disk had the data. `allowed`: the
 * longest run, in bytes, that flat pictures may have. Measured on black 4K frames of Blender 4.3:
 * PIZ none, DWA 29, JPEG none.
 */
export function hasHole(data: Buffer, start: number, end: number, allowed = 64): boolean {
  let last = end;
  while (last > start && data[last - 1] === 0) last -= 1;
  if (end - last > allowed) return true;
  let run = 0;
  for (let at = Math.ceil(start / PAGE) * PAGE; at + PAGE <= end; at += PAGE) {
    const empty = data[at] === 0 && ZEROS.equals(data.subarray(at, at + PAGE));
    run = empty ? run + PAGE : 0;
    if (run > allowed) return true;
  }
  return false;
}
