import type { FrameFile } from './desk.ts';

/** From the main process to the maker. */
export type Order =
  | { readonly type: 'get'; readonly id: number; readonly frame: FrameFile }
  | { readonly type: 'clear'; readonly id: number; readonly batchId: string };

/** From the maker to the main process. */
export type Answer =
  /** It listens from now on. */
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly id: number; readonly picture: Uint8Array | null }
  /** The name of the picture that it begins with; `null`: it went well. */
  | { readonly type: 'making'; readonly name: string | null };
