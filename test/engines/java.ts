import { spawnSync } from 'node:child_process';
import { run } from './process';

/** Debian's Java and Maven; nothing is done when both are there. */
export function installJava(): void {
  const has = (program: string): boolean =>
    spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' }).status === 0;
  if (has('java') && has('mvn')) return;
  const packages = ['default-jre-headless', 'maven'];
  if (process.getuid?.() !== 0) throw new Error(`Install first, or run this as root: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}
