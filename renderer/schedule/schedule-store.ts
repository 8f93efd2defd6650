import { create } from 'zustand';
import type { Schedule } from '../../shared/schedule.ts';

interface ScheduleStore {
  readonly schedules: readonly Schedule[];
}

/** What is planned, as the main process says. */
export const useSchedules = create<ScheduleStore>(() => ({ schedules: [] }));

/** What is planned for one batch; `null`: nothing. */
export function useSchedule(batchId: string): Schedule | null {
  return useSchedules(({ schedules }) => scheduleOf(schedules, batchId));
}

export function scheduleOf(schedules: readonly Schedule[], batchId: string): Schedule | null {
  return schedules.find((each) => each.batchId === batchId) ?? null;
}
