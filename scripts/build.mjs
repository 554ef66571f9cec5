// Builds the packages: core and admin as bundles with declarations, the gateway as one command.
import { isAscii } from "node:buffer";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const core = join(root, "packages/core");
const admin = join(root, "packages/admin");
const gateway = join(root, "packages/gateway");

/** What the seed is made of, in the gateway's store. */
const seedSources = ["embedded.ts", "make-seed.ts", "migrate.ts", "pglite-thread.ts", "pglite-worker.ts", "seed-file.ts", "seed.ts"];

/** Libraries of hundreds of files, of which a start shall read only what is used; their licences lie beside them. */
const inlined = ["jose", "kysely", "luxon", "zod"];

const started = performance.now();
const esbuild = await import("esbuild").catch(() => undefined);

/** Nobody reads a library in our bundle; half of its text are comments. */
const tightly = {
  name: "inlined libraries without comments",
  setup({ onLoad }) {
    onLoad({ filter: new RegExp(`[\\\\/]node_modules[\\\\/](${inlined.join("|")})[\\\\/].*\\.m?js$`) }, async ({ path }) => {
      const { code } = await esbuild.transform(await readFile(path, "utf8"), { minify: true, format: "esm", target: "node20" });
      return { contents: code };
    });
  },
};

/**
 * Node reads a CommonJS library letter by letter for its names when a module imports it, which gets so hot that V8 compiles the reader, for
 * 120 ms. Whoever requires it needs no names. Not for our own libraries: other bundlers read those.
 */
const required = (external) => ({
  name: "CommonJS by require",
  async setup({ onResolve, onLoad }) {
    const areCommonJs = await Promise.all(external.map(isCommonJs));
    const commonJs = external.filter((_, at) => areCommonJs[at]);
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "import-statement" && commonJs.includes(path) ? { path, namespace: "required" } : undefined,
    );
    onLoad({ filter: /^/, namespace: "required" }, ({ path }) => ({ contents: `module.exports = require(${JSON.stringify(path)});` }));
  },
});
const ownRequire = 'import { createRequire as ownRequire } from "node:module";\nconst require = ownRequire(import.meta.url);';

if (esbuild) await build(esbuild.build).catch(fail);
else await keepWhatIsBuilt();

/** The bundler and the compiler have said where; only what they have not said is news. */
function fail(error) {
  console.error(`The build failed: ${error.message.split("\n")[0]}`);
  process.exit(1);
}

async function build(bundle) {
  await Promise.all([buildLibraries(bundle), declare(core), declare(admin), buildGateway(bundle)]);
  // Without one a first start makes its database itself.
  await makeSeed().catch((error) => console.error(`No database for first starts was made: ${error.message}`));
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** An install without development packages brings no bundler: then the build must be there already. */
async function keepWhatIsBuilt() {
  const there = await stat(join(gateway, "dist/main.js")).catch(() => undefined);
  if (there) return;
  console.error("esbuild is not installed, and nothing is built yet. Install with development packages: npm ci --include=dev");
  process.exit(1);
}

/** The doors of a library: core has a second one, for the gateway. */
function doorsOf(folder) {
  return existing(["src/index.ts", "src/parts.ts"].map((path) => join(folder, path)));
}

async function buildLibraries(bundle) {
  for (const folder of [core, admin]) await bundleInto(bundle, folder, await doorsOf(folder), await dependenciesOf(folder));
}

/** The libraries are bundled in, so that a start reads a few files instead of hundreds. */
async function buildGateway(bundle) {
  const named = await Promise.all([gateway, core, admin].map(dependenciesOf));
  const external = named.flat().filter((name) => name !== "tollgate" && name !== "@tollgate/admin" && !inlined.includes(name));
  // The thread of the embedded database is started by its file's name, and the maker of its seed by this script.
  const entries = ["src/main.ts", "src/store/pglite-worker.ts", "src/store/make-seed.ts"].map((path) => join(gateway, path));
  await bundleInto(bundle, gateway, entries, external, { plugins: [required(external)], banner: { js: ownRequire } });
  await mkdir(join(gateway, "dist/examples"), { recursive: true });
  await cp(join(root, "examples/demo.yaml"), join(gateway, "dist/examples/demo.yaml"));
  for (const name of inlined) await cp(await licenceOf(name), join(gateway, "dist/licenses", `${name}.txt`));
}

/** The database that a first start unpacks. Making one takes seconds, so it is kept until what it is made of changes. */
async function makeSeed() {
  const dist = join(gateway, "dist");
  const cache = join(root, "node_modules/.cache/tollgate");
  const name = `seed-${await seedDigest()}`;
  const seed = join(cache, name);
  if (!(await stat(seed).catch(() => undefined))) {
    const draft = join(cache, `draft-of-${name}-${process.pid}`);
    await runs(process.execPath, [join(dist, "make-seed.js"), draft]);
    const old = (await readdir(cache)).filter((each) => /^seed-/.test(each));
    await Promise.all(old.map((each) => rm(join(cache, each), { recursive: true, force: true })));
    // Another build may have been quicker: its seed is as good.
    await rename(draft, seed).catch(() => rm(draft, { recursive: true, force: true }));
  }
  const fresh = await readdir(seed);
  const old = (await readdir(dist)).filter((each) => each.endsWith(".seed") && !fresh.includes(each));
  // A gateway that starts meanwhile finds a whole one, or none.
  for (const each of fresh) {
    await cp(join(seed, each), join(dist, `${each}.draft`));
    await rename(join(dist, `${each}.draft`), join(dist, each));
  }
  await Promise.all(old.map((each) => rm(join(dist, each), { force: true })));
}

async function seedDigest() {
  const store = join(gateway, "src/store");
  const migrations = (await readdir(join(store, "migrations"))).map((each) => join("migrations", each)).sort();
  const engine = dirname(createRequire(join(gateway, "package.json")).resolve("@electric-sql/pglite"));
  const digest = createHash("sha256").update(await readFile(join(engine, "../package.json")));
  for (const each of [...seedSources, ...migrations]) digest.update(await readFile(join(store, each)));
  return digest.digest("hex").slice(0, 16);
}

/** Where such a package has a module, too, that only wraps the rest. */
async function isCommonJs(name) {
  const told = await readFile(join(root, "node_modules", name, "package.json"), "utf8").catch(() => undefined);
  return told !== undefined && JSON.parse(told).type !== "module";
}

async function bundleInto(bundle, folder, entryPoints, external, { plugins = [], ...more } = {}) {
  const outdir = join(folder, "dist");
  const { metafile } = await bundle({
    entryPoints,
    outdir,
    bundle: true,
    // Chunks lie beside the entries, so that `new URL("./prices.json", import.meta.url)` is right in all of them.
    splitting: true,
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["tollgate-source"],
    external: external.flatMap((name) => [name, `${name}/*`]),
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
    logLevel: "warning",
    absWorkingDir: root,
    legalComments: "none",
    plugins: [tightly, ...plugins],
    ...more,
  });
  const wide = await withLettersBeyondAscii(Object.keys(metafile.outputs).filter((path) => path.endsWith(".js")));
  // The engine holds such a text with two bytes a letter.
  if (wide.length > 0) throw new Error(`${wide.join(", ")}: letters beyond ASCII, probably in a regular expression; write them as \\u….`);
  if (folder !== admin) await cp(join(core, "src/pricing/prices.json"), join(outdir, "prices.json"));
  const fresh = Object.keys(metafile.outputs).map((path) => relative(outdir, join(root, path)));
  // Nobody debugs a vocabulary, and its map is as large as all of the library.
  await removeOld(outdir, new Set(fresh.filter((name) => !/_base-.*\.js\.map$/.test(name))));
}

async function licenceOf(name) {
  const folder = join(root, "node_modules", name);
  return join(
    folder,
    (await readdir(folder)).find((each) => /^licen[sc]e/i.test(each)),
  );
}

async function withLettersBeyondAscii(paths) {
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path))));
  return paths.filter((path, at) => !/_base-/.test(path) && !isAscii(texts[at]));
}

/** Chunks of earlier builds; only now, so that a gateway that runs from here has its files until the new ones are there. */
async function removeOld(outdir, fresh) {
  const old = (await readdir(outdir)).filter((name) => /\.js(\.map)?$/.test(name) && !fresh.has(name));
  await Promise.all(old.map((name) => rm(join(outdir, name), { force: true })));
}

async function dependenciesOf(folder) {
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies = {},
  } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

/** Types for users of a library. Faults in them are the business of `npm run check`, not of a build. */
async function declare(folder) {
  const outdir = join(folder, "dist/types");
  const sources = await doorsOf(folder);
  const flags =
    "--declaration --emitDeclarationOnly --noCheck --noEmit false --skipLibCheck --strict --target es2023 --lib es2023 --types node";
  const modules = "--module nodenext --moduleResolution nodenext --allowImportingTsExtensions --erasableSyntaxOnly --verbatimModuleSyntax";
  const tsc = join(root, "node_modules/.bin/tsc");
  await rm(outdir, { recursive: true, force: true });
  await runs(tsc, [
    ...`${flags} ${modules}`.split(" "),
    "--ignoreConfig",
    "--rootDir",
    join(folder, "src"),
    "--outDir",
    outdir,
    ...sources,
  ]);
  const files = (await readdir(outdir, { recursive: true })).filter((name) => name.endsWith(".d.ts"));
  await Promise.all(files.map((name) => pointAtDeclarations(join(outdir, name))));
}

/** `from "./x.ts"` names a source that is not shipped; `./x.js` finds the declaration beside it. */
async function pointAtDeclarations(file) {
  const text = await readFile(file, "utf8");
  const pointed = text.replace(/(from\s*|import\s*\(\s*|import\s*)(["'])(\.[^"']*)\.ts\2/g, "$1$2$3.js$2");
  if (pointed !== text) await writeFile(file, pointed);
}

async function existing(paths) {
  const found = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        () => path,
        () => undefined,
      ),
    ),
  );
  return found.filter((path) => path !== undefined);
}

function runs(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${relative(root, command)} ended with ${code}`))));
  });
}
