/** Numbers of the OpenEXR format. Source: "OpenEXR File Layout", openexr.com. */
export const COMPRESSION = {
  none: 0,
  rle: 1,
  zips: 2,
  zip: 3,
  piz: 4,
  pxr24: 5,
  dwaa: 8,
  dwab: 9,
} as const;

/** What the samples of a channel are. */
export const SAMPLE = { whole: 0, half: 1, float: 2 } as const;

/** Bytes of one sample of a channel once it is expanded. */
export function sampleBytes({ type }: { readonly type: number }): number {
  return type === SAMPLE.half ? 2 : 4;
}
