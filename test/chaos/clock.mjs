// Loaded with --import into a command under test: at some moment its wall clock is set back.
const jump = JSON.parse(process.env.CHAOS_CLOCK ?? 'null');
if (jump) {
  const RealDate = globalThis.Date;
  const realNow = RealDate.now;
  let backMs = 0;
  setTimeout(() => {
    backMs = jump.backMs;
  }, jump.afterMs).unref();
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(realNow() - backMs);
      else super(...parts);
    }
    static now() {
      return realNow() - backMs;
    }
  };
}
