// Builds what the browser loads: one stylesheet, three scripts, five fonts, the icons. Names carry a hash of the content,
// so a browser may keep a file for ever; manifest.json says which name is the present one.
//   node build.mjs           writes src/rapport/static/dist and the icons
//   node build.mjs --check   writes nothing and fails when the committed files differ
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, '../src/rapport/static/dist');
const iconFolder = resolve(here, '../src/rapport/doors/ui/templates/ui/icons');
const fonts = {
  'geist-latin.woff2': '@fontsource-variable/geist/files/geist-latin-wght-normal.woff2',
  'geist-latin-ext.woff2': '@fontsource-variable/geist/files/geist-latin-ext-wght-normal.woff2',
  'geist-cyrillic.woff2': '@fontsource-variable/geist/files/geist-cyrillic-wght-normal.woff2',
  'geist-mono-latin.woff2': '@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2',
  'geist-mono-cyrillic.woff2': '@fontsource-variable/geist-mono/files/geist-mono-cyrillic-wght-normal.woff2',
};
const packages = ['htmx.org', '@alpinejs/csp', '@vue/reactivity', 'tailwindcss', '@fontsource-variable/geist', '@fontsource-variable/geist-mono', 'lucide-static'];
// Alpine's package names its licence without carrying the text.
const own = { '@alpinejs/csp': readFileSync(join(here, 'alpine-licence.txt'), 'utf8').trim() };
// Browsers of 2024 and later: light-dark(), nesting and :has() stay as they are written.
const target = ['chrome123', 'firefox128', 'safari17.5'];

const built = new Map();
const manifest = {};

function keep(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const dot = name.lastIndexOf('.');
  const file = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  built.set(file, Buffer.from(content));
  manifest[name] = file;
  return file;
}

function stylesheet() {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-css-'));
  const out = join(folder, 'app.css');
  const cli = join(here, 'node_modules/@tailwindcss/cli/dist/index.mjs');
  execFileSync(process.execPath, [cli, '--input', join(here, 'styles/app.css'), '--output', out], { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] });
  const css = readFileSync(out, 'utf8').replace(/url\("?\.\/([^")]+\.woff2)"?\)/g, (_, name) => `url("./${manifest[name]}")`);
  rmSync(folder, { recursive: true });
  return esbuild.transformSync(css, { loader: 'css', minify: true, target }).code;
}

function script(name, browsers = target) {
  const result = esbuild.buildSync({
    entryPoints: [join(here, 'scripts', name)], bundle: true, minify: true, write: false, format: 'iife', target: browsers, legalComments: 'none', charset: 'utf8',
  });
  return result.outputFiles[0].contents;
}

// What is served contains other people's work; their licences ask to go with it.
function licences() {
  const folder = (name) => join(here, 'node_modules', name);
  return [...packages].map((name) => {
    const file = readdirSync(folder(name)).find((entry) => /^licen[cs]e/i.test(entry));
    const terms = file ? readFileSync(join(folder(name), file), 'utf8').trim() : own[name];
    if (!terms) throw new Error(`${name} carries no licence`);
    return `${name}\n${'='.repeat(name.length)}\n\n${terms}\n`;
  }).join('\n\n');
}

// Only the drawing of an icon is kept; size, line and label are the component's business.
function icons() {
  const names = readFileSync(join(here, 'icons.txt'), 'utf8').split('\n').filter(Boolean);
  return new Map(names.map((name) => {
    const svg = readFileSync(join(here, 'node_modules/lucide-static/icons', `${name}.svg`), 'utf8');
    const drawing = svg.replace(/<!--[\s\S]*?-->/g, '').match(/<svg[\s\S]*?>([\s\S]*)<\/svg>/)[1];
    return [`${name}.svg`, Buffer.from(`${drawing.replace(/\s*\n\s*/g, '').replace(/ \/>/g, '/>').trim()}\n`)];
  }));
}

function differs(folder, files) {
  const present = new Set(readdirSync(folder));
  return [...files].filter(([name, content]) => !present.has(name) || !readFileSync(join(folder, name)).equals(content)).map(([name]) => name)
    .concat([...present].filter((name) => !files.has(name)));
}

function write(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name));
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
}

for (const [name, path] of Object.entries(fonts)) keep(name, readFileSync(join(here, 'node_modules', path)));
keep('icon.svg', readFileSync(join(here, 'icon.svg')));
keep('app.css', stylesheet());
keep('theme.js', script('theme.js'));
keep('app.js', script('app.js'));
// Runs on other people's pages, whatever browser their visitors have.
keep('t.js', script('t.js', 'es2019'));
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
built.set('manifest.json', Buffer.from(`${JSON.stringify(sorted, null, 2)}\n`));

built.set('licences.txt', Buffer.from(licences()));

const drawn = icons();
if (process.argv.includes('--check')) {
  const wrong = [...differs(dist, built), ...differs(iconFolder, drawn)];
  if (wrong.length) {
    console.error(`Built files differ from their sources: ${wrong.join(', ')}. Run: npm run build`);
    process.exit(1);
  }
} else {
  write(dist, built);
  write(iconFolder, drawn);
  for (const [file, content] of built) console.log(`${String(content.length).padStart(8)}  ${file}`);
  console.log(`${String(drawn.size).padStart(8)}  icons`);
}
