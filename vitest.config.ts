import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const webConfig = './runtime-ui/vite.config.ts';
const designerConfig = './designer/vite.config.ts';

/** Node loads this build of GraphQL for everybody; the test runner would choose another one for our own sources. */
const alias = { graphql: 'graphql/index.js' };

/** The projects of `npm test`; choose one with `--project engine`. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'engine',
          environment: 'node',
          include: ['{engine/src,migrations,modules,scripts,bench}/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      ...(existsSync(webConfig)
        ? [
            {
              extends: webConfig,
              test: {
                name: 'runtime-ui',
                root: './runtime-ui',
                environment: 'happy-dom',
                include: ['src/**/*.test.ts'],
              },
            },
          ]
        : []),
      ...(existsSync(designerConfig)
        ? [
            {
              extends: designerConfig,
              test: {
                name: 'designer',
                root: './designer',
                environment: 'happy-dom',
                include: ['src/**/*.test.ts'],
              },
            },
          ]
        : []),
      {
        resolve: { alias },
        test: {
          name: 'api',
          environment: 'node',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/journeys/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'journeys',
          environment: 'node',
          include: ['tests/journeys/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
