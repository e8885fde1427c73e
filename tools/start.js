'use strict';
const { root } = require('./guard');
require('./run').start(root);
