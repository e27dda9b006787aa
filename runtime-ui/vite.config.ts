import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

const COMPRESSED_TYPES = /\.(js|css|html|svg|json)$/;
const COMPRESSED_BYTES_MIN = 1024;

/** Writes `.br` and `.gz` beside each built text file, so that the server compresses nothing at run time. */
function precompress(): Plugin {
  let output = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved({ root, build }) {
      output = resolve(root, build.outDir);
    },
    async closeBundle() {
      const names = await readdir(output, { recursive: true });
      await Promise.all(
        names.filter((name) => COMPRESSED_TYPES.test(name)).map((name) => compress(join(output, name))),
      );
    },
  };
}

async function compress(path: string): Promise<void> {
  const content = await readFile(path);
  if (content.length < COMPRESSED_BYTES_MIN) return;
  const [brotli, zipped] = await Promise.all([
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
    promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  await Promise.all([writeFile(`${path}.br`, brotli), writeFile(`${path}.gz`, zipped)]);
}

/** What nearly every screen needs comes in few pieces: many small ones would keep a first visit waiting. */
const SHARED_PIECES = [
  {
    name: 'framework',
    test: /node_modules\/(@?vue|@vueuse|vue-router|vue-i18n|@intlify|pinia|@tanstack\/(vue-)?query)/,
    priority: 2,
  },
  { name: 'icons', test: /heroicons\/vue\/24\/outline/, priority: 1 },
  { name: 'interface', test: /runtime-ui\/src\/(api|i18n|session|theme|ui)\/(?!metadata-icons|locales)/ },
];

export default defineConfig({
  plugins: [vue(), tailwindcss(), precompress()],
  define: {
    // @jsonforms/vue is written with it.
    __VUE_OPTIONS_API__: true,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    target: 'es2023',
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: SHARED_PIECES } } },
  },
  server: {
    port: 5173,
    proxy: {
      '/api': 'http://127.0.0.1:8080',
      '/health': 'http://127.0.0.1:8080',
      '/graphql': 'http://127.0.0.1:8080',
      '/ws': { target: 'http://127.0.0.1:8080', ws: true },
    },
  },
});
