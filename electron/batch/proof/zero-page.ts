/** File systems lose whole pages, at multiples of this many bytes. */
const PAGE = 4096;
const ZEROS = Buffer.alloc(PAGE);

/**
 * True if a whole page between `start` and `end` (offsets in the file) is zeros. In compressed data
 * that is a hole: a page that was never written before the power went.
 */
export function hasZeroPage(data: Buffer, start = 0, end = data.length): boolean {
  for (let at = Math.ceil(start / PAGE) * PAGE; at + PAGE <= end; at += PAGE) {
    if (data[at] === 0 && ZEROS.equals(data.subarray(at, at + PAGE))) return true;
  }
  return false;
}
