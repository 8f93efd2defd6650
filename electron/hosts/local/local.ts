import { THIS_COMPUTER } from '../../blender/this-computer.ts';
import type { HostRecord } from '../host-record.ts';

/** Blender processes start on this computer. */
export const LOCAL: HostRecord = {
  id: 'local',
  cliOptions: [],
  isChosen: () => true,
  describe: () => null,
  values: () => ({}),
  open: () => THIS_COMPUTER,
};
