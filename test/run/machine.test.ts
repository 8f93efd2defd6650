import { expect, it } from 'vitest';
import { availableMemoryMb, availableOfVmStat } from '../../electron/engine/capacity/machine.ts';

/** As macOS prints it; the numbers are made. */
const VM_STAT = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                                3911.
Pages active:                            402871.
Pages inactive:                          395210.
Pages speculative:                         6512.
Pages throttled:                              0.
Pages wired down:                        117320.
Pages purgeable:                           2304.
"Translation faults":                 908437219.
`;

it('counts what macOS gives back when it is asked for, and not its free pages alone', () => {
  expect(availableOfVmStat(VM_STAT)).toBe(16384 * (3911 + 395210 + 6512 + 2304));
});

it('knows nothing from words that are no report of memory', () => {
  expect(availableOfVmStat('vm_stat: command not found')).toBeNull();
});

it('says of this machine that it has some memory', () => {
  expect(availableMemoryMb()).toBeGreaterThan(0);
});
