import { z } from 'zod';

/** What the open scene renders with, the shot file's overrides applied. `null`: its engine has no such thing. */
export const sceneSettingsSchema = z
  .object({
    scene: z.string(),
    camera: z.string().nullable(),
    viewLayers: z.array(z.string()).readonly(),
    samples: z.number().nullable(),
    percentage: z.number(),
    denoise: z.boolean().nullable(),
    /** Bits a channel. */
    colorDepth: z.number(),
  })
  .readonly();
export type SceneSettings = z.infer<typeof sceneSettingsSchema>;
