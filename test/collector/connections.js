'use strict';
// Real client connections at and around three quarters and 95 % of what ordinary roles may use, and a full server.
const { assert, check } = require('./checks.js');
const { SAMPLE_PATH, collect, lines, rows } = require('./collect.js');
const { Server, closeSockets } = require('./server.js');
const { checkWhole } = require('./shape.js');

const LIMIT = 40;

/** `keep(name, result)` is given each whole archive. */
async function connections(keep) {
  const server = new Server('full', 17);
  server.configure(`max_connections = ${LIMIT}`);
  server.start();
  server.sql(
    'CREATE ROLE ins_collector LOGIN; GRANT pg_monitor TO ins_collector; CREATE ROLE plain LOGIN; CREATE ROLE app LOGIN',
  );
  const run = (user) => collect(server, ['--depth', 'surface'], { env: { PGUSER: user, PATH: SAMPLE_PATH } });
  let open = 0;
  for (const count of [27, 28, 35, 36]) {
    await server.open(count - open, 'app');
    open = count;
    const result = run('ins_collector');
    await check(`${count} clients of ${LIMIT} - 3: the archive says so`, () => {
      const [row] = rows(result, 'postgresql/connections.ndjson');
      assert.deepEqual(
        [row.client_backends, row.max_connections, row.superuser_reserved_connections],
        [count, LIMIT, 3],
      );
    });
    keep(`connections-${count}`, result);
  }
  const blind = run('plain');
  await check('36 clients seen by a plain role: the count is marked as hidden from it', () => {
    assert.deepEqual(
      lines(blind, 'pg.connections').map(({ status, detail }) => [status, detail]),
      [['partial', 'hidden_from_role']],
    );
  });
  keep('connections-plain', blind);
  await server.open(1, 'app');
  const full = run('ins_collector');
  await checkWhole('a full server', full);
  await check('a full server: the refusal is in the manifest and the system is still collected', () => {
    assert.deepEqual(
      lines(full, 'pg.connect').map(({ status, detail }) => [status, detail]),
      [['error', '53300']],
    );
    assert.deepEqual(
      lines(full, 'pg.connections').map(({ status, detail }) => [status, detail]),
      [['skipped', 'no_connection']],
    );
    assert.equal(lines(full, 'host.kernel')[0].status, 'ok');
  });
  keep('connections-full', full);
  closeSockets();
  server.stop();
}

module.exports = { connections };
