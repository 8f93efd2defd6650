import { z } from 'zod';
import { shotSchema } from './shot-schema.ts';

/** The JSON Schema of a shot file, for completion in editors. */
function shotJsonSchema(): Record<string, unknown> {
  const { $schema, ...shot } = z.toJSONSchema(shotSchema, {
    io: 'input',
    // An editor should mark unknown keys, which we only warn of.
    override: ({ jsonSchema }) => {
      if (jsonSchema.properties) jsonSchema.additionalProperties ??= false;
    },
  });
  return {
    $schema,
    title: 'Nightshift shot file',
    description: 'One shot: a .blend or a script, and what is different from its saved settings.',
    ...shot,
    properties: {
      ...(shot.properties ?? {}),
      shot: { description: 'The whole shot may stand under this key.', $ref: '#' },
    },
  };
}

/** What `assets/shot.schema.json` holds; its test writes the file anew with `vitest -u`. */
export function shotJsonSchemaText(): string {
  return `${JSON.stringify(shotJsonSchema(), null, 2)}\n`;
}
