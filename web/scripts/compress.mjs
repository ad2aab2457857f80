// Puts every text of the build beside itself in Brotli and gzip, so that the server need not compress it per request.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const DIST = new URL('../dist', import.meta.url).pathname;
const TEXTS = ['.html', '.js', '.css', '.svg', '.json', '.txt'];
/** Smaller files fit into one packet as they are. */
const SIZE_MIN_BYTES = 1_000;

for (const name of readdirSync(DIST, { recursive: true })) {
  if (!TEXTS.includes(extname(name))) continue;
  const file = join(DIST, name);
  const text = readFileSync(file);
  if (text.length < SIZE_MIN_BYTES) continue;
  writeFileSync(`${file}.br`, brotliCompressSync(text));
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
}
