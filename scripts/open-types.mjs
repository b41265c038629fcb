// Run in a package after its build. To TypeScript, a class with a private field is another type in
// each copy of its declaration, whatever else it has: a `Session` of the ESM build would not fit
// where one of the CommonJS build is asked for, nor would one of another version. At run time they
// fit. So published types say nothing of private fields.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

for (const name of readdirSync('dist')) {
  if (!/\.d\.c?ts$/.test(name)) continue;
  const file = `dist/${name}`;
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll(/^\s*#private;\n/gm, ''));
}
