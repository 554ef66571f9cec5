// Builds the packages: core and admin as bundles with declarations, the gateway as one command.
import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const core = join(root, "packages/core");
const admin = join(root, "packages/admin");
const gateway = join(root, "packages/gateway");

const started = performance.now();
const esbuild = await import("esbuild").catch(() => undefined);
if (esbuild) await build(esbuild.build).catch(fail);
else await keepWhatIsBuilt();

/** The bundler and the compiler have said where; only what they have not said is news. */
function fail(error) {
  console.error(`The build failed: ${error.message.split("\n")[0]}`);
  process.exit(1);
}

async function build(bundle) {
  await Promise.all([buildLibraries(bundle), declare(core), declare(admin), buildGateway(bundle)]);
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
  const external = named.flat().filter((name) => name !== "tollgate" && name !== "@tollgate/admin");
  // The thread of the embedded database is started by its file's name.
  const entries = ["src/main.ts", "src/store/pglite-worker.ts"].map((path) => join(gateway, path));
  await bundleInto(bundle, gateway, entries, external);
  await mkdir(join(gateway, "dist/examples"), { recursive: true });
  await cp(join(root, "examples/demo.yaml"), join(gateway, "dist/examples/demo.yaml"));
}

async function bundleInto(bundle, folder, entryPoints, external) {
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
  });
  if (folder !== admin) await cp(join(core, "src/pricing/prices.json"), join(outdir, "prices.json"));
  const fresh = Object.keys(metafile.outputs).map((path) => relative(outdir, join(root, path)));
  // Nobody debugs a vocabulary, and its map is as large as all of the library.
  await removeOld(outdir, new Set(fresh.filter((name) => !/_base-.*\.js\.map$/.test(name))));
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
