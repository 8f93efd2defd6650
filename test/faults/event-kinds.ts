import { z } from 'zod';
import { batchEvent } from '../../shared/events.ts';

const alternatives = z.object({
  anyOf: z.array(z.object({ properties: z.object({ type: z.object({ const: z.string() }) }) })),
});

/** The types of all events that a journal can hold, out of the very schema that reads it. */
export function eventKinds(): readonly string[] {
  const schema = z.toJSONSchema(batchEvent, { io: 'input', unrepresentable: 'any' });
  const list = 'oneOf' in schema ? { anyOf: schema.oneOf } : schema;
  return alternatives.parse(list).anyOf.map(({ properties }) => properties.type.const);
}
