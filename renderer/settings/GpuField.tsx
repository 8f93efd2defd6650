import { useEffect, useState } from 'react';
import { gpuLines, gpuReason } from '../../shared/gpu.ts';
import type { Settings } from '../../shared/settings.ts';
import { findGpus, type GpuAnswer } from '../actions/settings-actions.ts';
import { Field } from './Field.tsx';

/** What Cycles can render on besides the CPU. Read-only: which are used is chosen in Blender. */
export function GpuField({
  blenderPath,
  factoryStartup,
}: Pick<Settings, 'blenderPath' | 'factoryStartup'>) {
  const [answer, setAnswer] = useState<GpuAnswer | null>(null);
  useEffect(() => {
    let current = true;
    setAnswer(null);
    void findGpus({ path: blenderPath, factoryStartup }).then((found) => {
      if (current) setAnswer(found);
    });
    return () => {
      current = false;
    };
  }, [blenderPath, factoryStartup]);
  const known = answer !== null && 'devices' in answer;
  const lines = known ? gpuLines(answer) : [answer === null ? 'Asking Blender …' : 'Not known'];
  const hint = known ? gpuReason(answer) : (answer?.message ?? '');
  return (
    <Field label="GPUs" hint={hint}>
      {(control) => (
        <output {...control} className="gpus">
          {lines.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </output>
      )}
    </Field>
  );
}
