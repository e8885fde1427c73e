// The protocol server: answers the streams part of EventStoreDB's gRPC protocol as the observed server does, and
// misbehaves when it is told to. Run: node tools/run-ts.js test/engines/eventstoredb/server.ts PORT CONTROL_PORT [FILE]
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import { UUID } from '@eventstore/db-client/generated/shared_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { noFaults, type Counts, type Faults } from './faults';
import { Proxy } from './proxy';
import { RecordLog } from './record-log';
import { StreamsHandlers } from './streams-service';

const STATS_STREAM = '$stats-127.0.0.1:2113';
/** One system event after so many appends of others, so that readers meet them. */
const STATS_EVERY = 7;

async function main([port, controlPort, file]: string[]): Promise<void> {
  const log = new RecordLog(file);
  const counts: Counts = {
    appends: 0,
    batchAppends: 0,
    reads: 0,
    subscribed: 0,
    subscriptions: 0,
    sent: 0,
    connections: 0,
  };
  const state = { faults: noFaults() };
  const proxy = new Proxy();
  const reset = (): void => {
    proxy.reset();
  };
  const handlers = new StreamsHandlers({ log, counts, faults: () => state.faults, reset });

  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  server.addService(StreamsService, handlers.service());
  server.addService(GossipService, { read: gossip(Number(port), state) });
  server.addService(ServerFeaturesService, { getSupportedMethods });
  const within = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  addStatistics(log, 3);
  if (file === undefined) addStatisticsNowAndThen(log);
  const control = new Control(log, handlers, proxy, counts, state);
  createServer((request, response) => {
    void control.answer(request, response);
  }).listen(Number(controlPort), '127.0.0.1');
  await proxy.listen(Number(port), within);
  process.once('SIGTERM', () => {
    process.exit(0);
  });
}

/** What tests tell the server and ask of it, over HTTP. */
class Control {
  constructor(
    private readonly log: RecordLog,
    private readonly handlers: StreamsHandlers,
    private readonly proxy: Proxy,
    private readonly counts: Counts,
    private readonly state: { faults: Faults },
  ) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    this.#act(request.url ?? '', text === '' ? {} : (JSON.parse(text) as Record<string, unknown>));
    response.end(JSON.stringify({ ...this.counts, connections: this.proxy.connections }));
  }

  #act(path: string, body: Record<string, unknown>): void {
    switch (path) {
      case '/faults':
        this.state.faults = { ...noFaults(), ...body };
        this.proxy.stalled = this.state.faults.stalled;
        return;
      case '/reset':
        this.proxy.reset();
        return;
      case '/end-subscriptions':
        this.handlers.subscriptions.end();
        return;
      case '/drop-subscriptions':
        this.handlers.subscriptions.drop();
        return;
      case '/system-events':
        addStatistics(this.log, Number(body['count']));
        return;
    }
  }
}

function addStatistics(log: RecordLog, count: number): void {
  const events = Array.from({ length: count }, () => ({
    id: crypto.randomUUID(),
    type: '$statsCollected',
    contentType: 'application/json',
    data: Buffer.from('{"proc":{"cpu":0.5}}'),
    metadata: Buffer.alloc(0),
  }));
  log.append(STATS_STREAM, events, 'any');
}

function addStatisticsNowAndThen(log: RecordLog): void {
  let since = 0;
  const again = (): void => {
    if (++since % STATS_EVERY === 0) addStatistics(log, 1);
    log.onceWritten(again);
  };
  log.onceWritten(again);
}

/** A cluster of one, or, when the leader is elsewhere, of this follower and that leader. */
function gossip(port: number, state: { faults: Faults }) {
  return (_: ServerUnaryCall<unknown, ClusterInfo>, answer: sendUnaryData<ClusterInfo>): void => {
    const { notLeader, notReady } = state.faults;
    const { LEADER, FOLLOWER, UNKNOWN } = MemberInfo.VNodeState;
    const members = [member('127.0.0.1', port, notReady ? UNKNOWN : notLeader ? FOLLOWER : LEADER)];
    if (notLeader) members.push(member(notLeader.host, notLeader.port, LEADER));
    const info = new ClusterInfo();
    info.setMembersList(members);
    answer(null, info);
  };
}

function member(host: string, port: number, state: MemberInfo.VNodeState): MemberInfo {
  const id = new UUID();
  id.setString(crypto.randomUUID());
  const endPoint = new EndPoint();
  endPoint.setAddress(host);
  endPoint.setPort(port);
  const info = new MemberInfo();
  info.setInstanceId(id);
  info.setTimeStamp(String(Date.now()));
  info.setState(state);
  info.setIsAlive(true);
  info.setHttpEndPoint(endPoint);
  return info;
}

function getSupportedMethods(_: ServerUnaryCall<unknown, SupportedMethods>, answer: sendUnaryData<SupportedMethods>) {
  const methods = Object.values(StreamsService).map(({ path }: { path: string }) => {
    const [, service = '', name = ''] = path.split('/');
    const method = new SupportedMethod();
    method.setServiceName(service.toLowerCase());
    method.setMethodName(name.toLowerCase());
    return method;
  });
  const supported = new SupportedMethods();
  supported.setEventStoreServerVersion('24.2.0');
  supported.setMethodsList(methods);
  answer(null, supported);
}

void main(process.argv.slice(2));
