const { createCjsPreset } = require('jest-preset-angular/presets');

/** Portal tests: zoneless Angular in jsdom. */
module.exports = {
  ...createCjsPreset({ tsconfig: `${__dirname}/tsconfig.spec.json` }),
  displayName: 'portal',
  rootDir: __dirname,
  roots: ['<rootDir>/src'],
  testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env',
  setupFilesAfterEnv: ['<rootDir>/src/test-setup.ts'],
  testTimeout: 15_000,
};
