/*
 * The constants of the one model of work (`shot-work.ts`, `rates.ts`, `outlook.ts`, `measure-shot.ts`), and where each
 * comes from. "Chosen" ones were set by hand and are held by `test/estimate/`: over made-up nights the range that is
 * told has to hold four of five ends (`made-night.test.ts`).
 */

// What the frames of a shot say about those to come.

/** Frames that tell what the next ones take: the newest, since a camera that comes closer makes each one slower. Chosen. */
export const NEWEST = 24;
/** So far off is the rest of a shot of which nothing but its first frame is known, as a share. Chosen. */
export const DRIFT = 0.25;
/** Between frames that are known a shot can't run away. Chosen. */
export const DRIFT_BETWEEN = DRIFT / 3;
/** Before frames have shown their spread, they count as having this share of their time, with the weight of two. Chosen. */
export const SUPPOSED_SPREAD = 0.3;
/** A frame of a shot of which no frame has a known time: for the scheduler, which must say something. Chosen. */
export const UNKNOWN_FRAME_SECONDS = 60;

// What shots say about others.

/**
 * How far apart shots are supposed to be while few are known, as a share of what they take. 1.1: now and then one
 * takes a hundred times what another does. Chosen.
 */
export const SUPPOSED = {
  kin: 0.15,
  samples: 0.8,
  pixels: 1.1,
  frames: 1.1,
  lengths: 0.7,
} as const;
/** What is supposed weighs as much as so many shots: of few the one that sticks out is mostly not among them. Chosen. */
export const SUPPOSED_SHOTS = 4;

// The end of the night.

/** Looked at so often at most, and never for more than a fiftieth of the time. Measured: ten thousand shots take some 10 ms. */
export const EVERY_MS = 100;
export const REST_TIMES = 50;
/** The range holds four of five ends: a tenth of a normal distribution lies beyond so many standard deviations. */
export const RANGE = 1.28;
/** Far off, a night ends later rather than sooner: the slow shots are those that few are known of. Chosen. */
export const LATER = 0.25;
/** What all shots share and no frame tells: the machine gets warm, somebody works on it. As a share. Chosen. */
export const SHARED_DOUBT = 0.04;
/** A frame that takes longer than expected is supposed to have so much of it left. Chosen. */
export const LAST_PART = 0.1;
/** Seconds of workers that count as fully used before anything is known. Chosen. */
export const SUPPOSED_SECONDS = 30;
/** Who has rendered less than this share of the time waits for something else than Blender. Chosen. */
export const LEAST_SHARE = 0.4;
/** Up to so many frames it matters which worker gets which; beyond that they even out. Chosen. */
export const FEW_FRAMES = 128;

// Trying shots before the night.

/** How far all that was tried may be off together: one frame alone on the machine is no night. As a share. Chosen. */
export const MEASURED_DOUBT = 0.1;
/** Shares of width and height that are tried: each has four times the pixels of the one before; the last is the whole frame. */
export const SHARES = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1] as const;
/** So much more than the smallest picture it has to take, or a clock's noise decides. Chosen. */
export const CLEAR_SECONDS = 0.5;
/** What takes longer is not done twice. Chosen. */
export const LONG_SECONDS = 20;
/** How far three frames are supposed to lie apart, as a share; counts as two of them. Chosen. */
export const TRIED_SPREAD = 0.15;
/** What no trial shows, and what is added with each four times that the pixels are multiplied. Chosen. */
export const LEAST_DOUBT = 0.05;
export const DOUBT_A_STEP = 0.05;

// How many Blenders with how many threads (`pool-model.ts`).

/** Until a Blender that is started renders: it comes up, and Cycles loads its kernels. Measured with 4.3.2: 0.5 s and 0.2 s. */
export const START_SECONDS = 0.7;
/** A frame that had less than this share of one core's time waited for something. Chosen. */
export const LEAST_OF_A_CORE = 0.9;
/** Processor time that we take for a frame, to prove and record it. Measured. */
export const OWN_FRAME_SECONDS = 0.01;
/** Frames of a shot that tell what the next ones take with so many threads. Chosen. */
export const STEADY = 8;
/** What was seen with another number of threads is forgotten after so many frames: the shot may have changed. Chosen. */
export const REMEMBERED = 48;
/** So many frames have to be seen before they count for more than the parts do. Chosen. */
export const FEWEST_SEEN = 2;
/** Another number of Blenders has to save that much of what is left, since what is known of frames is never exact. Chosen. */
export const GAIN_SHARE = 0.03;
export const GAIN_SECONDS = 1;
/** What gains less than this share is not worth the memory of another Blender. Chosen. */
export const WORTH_A_BLENDER = 0.01;
/** The first frame of a scene in a Blender takes up to 0.2 s more, which does not show beside so many seconds. Chosen. */
export const LONG_FRAME_SECONDS = 2;
/** Until its first frame is done, nobody knows whether helping with a shot is worth it; after so long it is. Chosen. */
export const HELP_AFTER_SECONDS = 1;
