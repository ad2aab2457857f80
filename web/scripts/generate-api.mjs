// Writes src/api/schema.d.ts from the server's OpenAPI document; with --check only says whether it is up to date.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import openapi, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../../crates/farend/openapi.json', import.meta.url);
const OUTPUT = new URL('../src/api/schema.d.ts', import.meta.url);
const HEADER = '// Generated from crates/farend/openapi.json by `npm run generate`. Do not edit.\n';

if (!existsSync(DOCUMENT)) {
  console.warn('crates/farend/openapi.json does not exist yet; src/api/schema.d.ts stays as it is');
} else {
  const document = JSON.parse(await readFile(DOCUMENT, 'utf8'));
  // Clients here go by path and method. Without names the operations are written where they are used.
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path)) delete operation.operationId;
  }
  const types = HEADER + astToString(await openapi(document, { alphabetize: true }));
  if (!process.argv.includes('--check')) {
    await writeFile(OUTPUT, types);
  } else if ((await readFile(OUTPUT, 'utf8')) !== types) {
    console.error(
      'src/api/schema.d.ts is older than crates/farend/openapi.json: run `npm run generate` in web/',
    );
    process.exitCode = 1;
  }
}
