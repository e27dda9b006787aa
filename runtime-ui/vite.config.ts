import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

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
      '/designer': { target: 'http://127.0.0.1:5174', ws: true },
      '/api': 'http://127.0.0.1:8080',
      '/health': 'http://127.0.0.1:8080',
      '/graphql': 'http://127.0.0.1:8080',
      '/ws': { target: 'http://127.0.0.1:8080', ws: true },
    },
  },
});
