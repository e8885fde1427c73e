'use strict';
// node tools/run-ts.js FILE [ARGUMENTS]: runs a TypeScript file of the project without building it.
require('./guard');
const path = require('path');

process.setSourceMapsEnabled(true);
require('./ts-hook');

process.argv.splice(1, 2, path.resolve(process.argv[2]));
require(process.argv[1]);
