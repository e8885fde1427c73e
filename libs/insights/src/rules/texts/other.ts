import { manual, source, type RuleText } from './rule-text';

const barman = source('Barman manual', 'https://docs.pgbarman.org/');
const kernel = manual('kernel-resources', 'Managing Kernel Resources');
const tungsten = source('Tungsten Clustering manual', 'https://docs.continuent.com/');
const radar = source('radar-analyst, system checks');

/** Barman, operating system, Tungsten, the collection itself. */
export const otherTexts: Readonly<Record<string, RuleText>> = {
  'barman.check': {
    title: 'barman check',
    why: 'barman check says whether backups and WAL of each server arrive as configured.',
    says: { pass: 'All {checks} checks are OK.', fail: '{failed} checks failed: {names|list}.' },
    remedy: ['Follow the hint of each check; run barman check SERVER again afterwards.'],
    sources: [barman],
  },
  'barman.backup.missing': {
    title: 'A backup exists',
    why: 'A server that Barman knows but never backed up cannot be restored.',
    says: {
      pass: 'All {servers} servers have a finished backup.',
      fail: 'Without a finished backup: {without_backup|list}.',
    },
    remedy: ['Run barman backup SERVER and watch it finish.'],
    sources: [barman],
  },
  'barman.backup.age': {
    title: 'Recent backup',
    why: 'Recovery replays all WAL since the last backup: the older it is, the longer it takes and the more can be missing.',
    says: {
      pass: 'The oldest newest backup is {oldest_seconds|duration} old.',
      fail: 'Old backups: {servers|list}; the oldest is {oldest_seconds|duration} old.',
    },
    remedy: ['Schedule barman backup by cron and look at the log for failed runs.'],
    sources: [barman],
  },
  'barman.retention': {
    title: 'Retention policy',
    why: 'Without a retention policy old backups are never removed and the disk fills.',
    says: { pass: 'Every server has a retention policy.', fail: 'Without retention policy: {without|list}.' },
    remedy: ['Set retention_policy, for example RECOVERY WINDOW OF 4 WEEKS.'],
    sources: [barman],
  },
  'barman.redundancy': {
    title: 'Minimum redundancy',
    why: 'minimum_redundancy keeps Barman from deleting the last backup.',
    says: { pass: 'Every server keeps at least one backup.', fail: 'Below the minimum: {below|list}.' },
    remedy: ['Set minimum_redundancy to 1 or more.'],
    sources: [barman],
  },
  'barman.systemid.orphan': {
    title: 'Server without Barman',
    why: 'A production server whose system identifier no Barman collection knows may have no backup.',
    says: {
      pass: 'Barman knows system identifier {system_identifier}.',
      info: 'No Barman collection knows system identifier {system_identifier}.',
    },
    remedy: ['Add the server to Barman, or note how else it is backed up.'],
    sources: [source('Casebook')],
  },
  'os.thp': {
    title: 'Transparent Huge Pages disabled',
    why: 'Transparent huge pages set to always stall the server while the kernel builds them; PostgreSQL does not ask for them, so madvise and never are fine.',
    says: { pass: 'Transparent huge pages: {enabled}.', fail: 'Transparent huge pages: {enabled}.' },
    remedy: ['Set never or madvise by a systemd unit or a tuned profile, so that it survives a restart.'],
    sources: [kernel, radar],
  },
  'os.disk': {
    title: 'Free space',
    why: 'A full data or WAL disk stops the server.',
    says: { pass: 'The fullest filesystem is {most_percent} % full.', fail: 'Full: {full|list}.' },
    remedy: [
      'Extend the filesystem; find what grows (WAL, logs, temporary files).',
      'Never delete files in the data directory by hand.',
    ],
    sources: [radar],
  },
  'os.swappiness': {
    title: 'Swappiness',
    why: 'A high value lets the kernel swap out the server to grow the page cache.',
    says: { pass: 'vm.swappiness is {value}.', fail: 'vm.swappiness is {value}.' },
    remedy: ['Set vm.swappiness between 1 and 10 in /etc/sysctl.d.'],
    sources: [radar],
  },
  'os.overcommit': {
    title: 'Memory overcommit',
    why: 'With overcommit the kernel promises memory it has not, and kills a server process when it runs out.',
    says: { pass: 'vm.overcommit_memory is {value}.', info: 'vm.overcommit_memory is {value}.' },
    remedy: ['On a dedicated server set vm.overcommit_memory = 2 with a vm.overcommit_ratio sized for it.'],
    sources: [manual('kernel-resources', 'Linux Memory Overcommit')],
  },
  'os.hugepages': {
    title: 'Huge pages',
    why: 'With many gigabytes of shared buffers, huge pages save page tables of every process.',
    says: {
      pass: 'shared_buffers is {shared_buffers|bytes}, vm.nr_hugepages is {nr_hugepages}.',
      info: 'shared_buffers is {shared_buffers|bytes} and no huge pages are reserved.',
    },
    remedy: [
      'Ask the server with postgres -C shared_memory_size_in_huge_pages, reserve that many in /etc/sysctl.d, restart.',
    ],
    sources: [manual('kernel-resources', 'Linux Huge Pages')],
  },
  'os.oom': {
    title: 'Kills for lack of memory',
    why: 'When the kernel kills a server process, the whole server restarts.',
    says: {
      pass: 'The kernel has killed no process.',
      fail: 'The kernel has killed {kills} processes for lack of memory.',
    },
    remedy: [
      'Find in the kernel log which processes.',
      'Lower work_mem or the number of connections; set overcommit (os.overcommit).',
    ],
    sources: [kernel, radar],
  },
  'os.clock': {
    title: 'Clock synchronised',
    why: 'Wrong clocks break recovery to a point in time, certificates and the reading of logs from two machines.',
    says: { pass: 'The clock is synchronised ({synchronized}).', fail: 'The clock is not synchronised.' },
    remedy: ['Install and start chrony or systemd-timesyncd.'],
    sources: [source('Casebook')],
  },
  'os.zone_reclaim': {
    title: 'NUMA zone reclaim',
    why: 'With zone reclaim the kernel throws away page cache although other nodes have free memory.',
    says: { pass: 'vm.zone_reclaim_mode is {value}.', fail: 'vm.zone_reclaim_mode is {value}.' },
    remedy: ['Set vm.zone_reclaim_mode = 0 in /etc/sysctl.d.'],
    sources: [source('Casebook')],
  },
  'os.eol': {
    title: 'Operating system supported',
    why: 'A system past its end gets no security fixes.',
    says: {
      pass: '{system} is supported until {end}.',
      info: '{system} left standard support on {end}; extended support ends on {extended_end}.',
      fail: '{system} left support on {end}.',
    },
    remedy: ['Plan the move to a supported release; check collation changes before reusing the data directory.'],
    sources: [source('endoflife.date', 'https://endoflife.date/'), radar],
  },
  'tungsten.online': {
    title: 'Replicator online',
    why: 'A replicator that is not online does not replicate.',
    says: { pass: 'All {services} services are ONLINE.', fail: 'Not online: {services|list}.' },
    remedy: ['Read the error in trepctl status, resolve it, then trepctl -service SERVICE online.'],
    sources: [tungsten],
  },
  'tungsten.latency': {
    title: 'Applied latency',
    why: 'Latency is the time the replica is behind the primary.',
    says: {
      pass: 'The highest latency is {most_seconds|duration}.',
      fail: 'Behind: {services|list}; the highest latency is {most_seconds|duration}.',
    },
    remedy: ['Look at load and disk of the replica, long transactions and the network.'],
    sources: [tungsten, source('Tungsten monitoring plugins')],
  },
  'tungsten.policy': {
    title: 'Cluster policy',
    why: 'Only in AUTOMATIC does the cluster fail over by itself.',
    says: { pass: 'The policy is AUTOMATIC.', fail: 'Policy: {policies|list}.' },
    remedy: ['If maintenance is over: set policy automatic in cctrl.'],
    sources: [tungsten],
  },
  'tungsten.drift': {
    title: 'Modified files',
    why: 'Files changed outside tpm are overwritten by the next tpm update.',
    says: { pass: 'No file was changed outside tpm.', fail: '{files} files were changed outside tpm: {names|list}.' },
    remedy: ['Move the change into tungsten.ini and run tpm update.'],
    sources: [tungsten],
  },
  'collection.access': {
    title: 'Complete collection',
    why: 'What could not be read could not be tested.',
    says: { pass: 'All {items} items were read.', info: '{missing} of {items} items could not be read: {names|list}.' },
    remedy: ['GRANT pg_monitor to the role of the collection; run the collector on the server itself.'],
    sources: [source('Casebook')],
  },
};
