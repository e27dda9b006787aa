import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { precompress } from '../runtime-ui/precompress.ts';
import { validatorsMadeBeforehand } from './validators-plugin.ts';

export default defineConfig({
  base: '/designer/',
  // The web application's icon and what runs before its first paint serve here as well.
  publicDir: '../runtime-ui/public',
  resolve: {
    // Its bundle makes code at run time, which the content security policy forbids; its sources do not.
    alias: { vuedraggable: 'vuedraggable/src/vuedraggable.js' },
  },
  plugins: [vue(), tailwindcss(), precompress(), validatorsMadeBeforehand()],
  worker: { format: 'es', plugins: () => [validatorsMadeBeforehand()] },
  define: {
    // @jsonforms/vue is written with it.
    __VUE_OPTIONS_API__: true,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: { target: 'es2023', reportCompressedSize: false },
  server: { port: 5174, strictPort: true, proxy: { '/api': 'http://127.0.0.1:8080' } },
});
