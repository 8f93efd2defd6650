import { expect, test } from 'vitest';
import { shotJsonSchemaText } from '../../electron/engine/folder/json-schema.ts';

test('the JSON Schema that ships is the one of the definition', async () => {
  await expect(shotJsonSchemaText()).toMatchFileSnapshot('../../assets/shot.schema.json');
});
