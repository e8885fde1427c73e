'use strict';
// Real PostgreSQL servers for the tests: made in the test's own folder, started as an unprivileged user, reached over a
// socket in that folder, stopped by process id.
const { spawn, spawnSync } = require('child_process');
const {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
} = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');
const { debianBin, fetchMajor, run } = require('./engines.js');

const PORT = 5432;
const servers = new Set();
const sockets = new Set();

/** The folder of this run. Everybody may enter it: servers run as other users. */
const base = mkdtempSync(path.join(os.tmpdir(), 'collector-test-'));
chmodSync(base, 0o755);

const isRoot = process.getuid() === 0;

/** uid and gid to run as; ourselves when we are not root. */
function account(name) {
  if (!isRoot) return {};
  return { uid: Number(run('id', ['-u', name])), gid: Number(run('id', ['-g', name])) };
}

function ownedFolder(name, user = 'postgres') {
  const folder = path.join(base, name);
  mkdirSync(folder, { recursive: true });
  const { uid, gid } = account(user);
  if (uid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

/** Where a major version's programs are; copied when the server's user cannot read the cache. */
function programs(major) {
  if (major === 'debian') return { bin: debianBin(), env: {} };
  const cached = fetchMajor(major);
  const readable = spawnSync('test', ['-x', path.join(cached, 'bin', 'postgres')], account('postgres')).status === 0;
  let native = cached;
  if (!readable) {
    native = path.join(base, `programs-${major}`);
    if (!existsSync(native)) cpSync(cached, native, { recursive: true, verbatimSymlinks: true });
  }
  return { bin: path.join(native, 'bin'), env: { LD_LIBRARY_PATH: path.join(native, 'lib') } };
}

/** A server of the given major version (or 'debian'), made but not started. */
class Server {
  constructor(name, major, { copyOf = null, tcpPort = null } = {}) {
    this.name = name;
    this.major = major;
    this.folder = ownedFolder(name);
    this.data = path.join(this.folder, 'data');
    this.socket = this.folder;
    this.port = tcpPort ?? PORT;
    this.listen = tcpPort === null ? '' : '127.0.0.1';
    const { bin, env } = programs(major);
    this.bin = bin;
    this.env = { ...process.env, ...env, LC_ALL: 'C' };
    if (copyOf === null)
      run(
        path.join(bin, 'initdb'),
        ['-D', this.data, '-A', 'trust', '-U', 'postgres', '-N', '-E', 'UTF8', '--no-locale'],
        {
          ...account('postgres'),
          env: this.env,
          cwd: this.folder,
        },
      );
    else copyOf.copyTo(this.data);
    servers.add(this);
  }

  /** Adds lines to postgresql.conf. */
  configure(lines) {
    appendFileSync(path.join(this.data, 'postgresql.conf'), `\n${lines}\n`);
  }

  start(extraEnv = {}) {
    const log = openSync(path.join(this.folder, 'server.log'), 'a');
    this.process = spawn(
      path.join(this.bin, 'postgres'),
      [
        '-D',
        this.data,
        '-k',
        this.socket,
        '-p',
        String(this.port),
        '-c',
        `listen_addresses=${this.listen}`,
        '-c',
        'fsync=off',
      ],
      {
        ...account('postgres'),
        env: { ...this.env, ...extraEnv },
        cwd: this.folder,
        stdio: ['ignore', log, log],
        detached: true,
      },
    );
    this.process.unref();
    const end = Date.now() + 30_000;
    while (Date.now() < end) {
      const probe = this.psql('SELECT 1', { check: false, timeout: 5_000 });
      if (probe.status === 0 || /too many|reserved/.test(probe.stderr)) return this;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
    const tail = run('sh', ['-c', 'tail -n 20 "$1"/server.log "$1"/data/log/* 2>/dev/null; true', 'sh', this.folder]);
    throw new Error(`${this.name} did not start: ${this.psql('SELECT 1', { check: false }).stderr}${tail}`);
  }

  stop(signal = 'SIGQUIT') {
    const pid = this.process?.pid;
    this.process = null;
    if (pid === undefined) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waited = 0; waited < 100 && existsSync(`/proc/${pid}/fd`); waited += 1)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }

  /** Runs SQL as a superuser; the answer is the text of all rows. */
  sql(text, database = 'postgres') {
    return this.psql(text, { database }).stdout.trim();
  }

  psql(text, { database = 'postgres', user = 'postgres', check = true, timeout = 60_000 } = {}) {
    const result = spawnSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-f', '-'], {
      input: text,
      encoding: 'utf8',
      timeout,
      env: {
        ...process.env,
        PGHOST: this.socket,
        PGPORT: String(this.port),
        PGUSER: user,
        PGDATABASE: database,
        LC_ALL: 'C',
      },
    });
    if (check && result.status !== 0) throw new Error(`${this.name}: ${result.stderr}`);
    return result;
  }

  /** A copy of this running server by pg_basebackup. */
  copyTo(data) {
    run('pg_basebackup', ['-D', data, '-X', 'stream', '-c', 'fast', '-R', '--no-sync'], {
      ...account('postgres'),
      env: { ...process.env, PGHOST: this.socket, PGPORT: String(this.port), PGUSER: 'postgres' },
      cwd: this.folder,
    });
  }

  /** Opens idle connections; the answer resolves when each is ready or refused. */
  async open(count, user = 'postgres', database = 'postgres') {
    const opened = [];
    for (let at = 0; at < count; at += 1) opened.push(await this.openOne(user, database));
    return opened;
  }

  openOne(user, database) {
    const text = `user\0${user}\0database\0${database}\0\0`;
    const hello = Buffer.alloc(8 + text.length);
    hello.writeInt32BE(hello.length, 0);
    hello.writeInt32BE(196_608, 4);
    hello.write(text, 8);
    return new Promise((resolve, reject) => {
      const socket = net.connect(path.join(this.socket, `.s.PGSQL.${this.port}`), () => socket.write(hello));
      sockets.add(socket);
      let answer = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        answer = Buffer.concat([answer, chunk]);
        // ReadyForQuery: 'Z', length 5, one byte of state.
        if (answer.includes(Buffer.from([0x5a, 0, 0, 0, 5]))) resolve(socket);
        else if (answer[0] === 0x45) reject(new Error(answer.toString('latin1')));
      });
      socket.on('error', reject);
    });
  }
}

/** Starts a process that keeps running until the end, such as a session with an open transaction. */
const helpers = new Set();
function background(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true, ...options });
  child.on('error', () => {});
  helpers.add(child);
  child.unref();
  return child;
}

function end(child) {
  helpers.delete(child);
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function closeSockets(chosen = [...sockets]) {
  for (const socket of chosen) {
    socket.removeAllListeners();
    socket.on('error', () => {});
    socket.destroy();
    sockets.delete(socket);
  }
}

/** Stops everything that was started and removes the run's folder. */
function stopAll() {
  closeSockets();
  for (const child of [...helpers]) end(child);
  for (const server of servers) server.stop();
  servers.clear();
  rmSync(base, { recursive: true, force: true });
}

/** A TCP port that nobody listens on now. */
const freePort = () =>
  new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

module.exports = {
  PORT,
  Server,
  account,
  background,
  base,
  closeSockets,
  end,
  freePort,
  isRoot,
  ownedFolder,
  sleep,
  stopAll,
};
