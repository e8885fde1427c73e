import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installJava } from './java';
import { cached, freePort, listening, run, serve, type Engine } from './process';

const RELEASE = '1.47.0';
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

/** Nothing but the server: Maven copies it and what it needs. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>casebook</groupId>
  <artifactId>mongodb-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>de.bwaldvogel</groupId>
      <artifactId>mongo-java-server</artifactId>
      <version>${RELEASE}</version>
    </dependency>
  </dependencies>
</project>
`;

/**
 * As shipped the server names a wire version that the driver refuses, although it understands what the driver says.
 * It ends with the process that started it, however that ends.
 */
const MAIN = `import de.bwaldvogel.mongo.*;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

public class Main {
  public static void main(String[] args) throws InterruptedException {
    MongoBackend backend = new MemoryBackend().version(new MongoVersion() {
      public List<Integer> getVersionArray() {
        return List.of(5, 0, 0);
      }
      public int getWireVersion() {
        return 13;
      }
    });
    MongoServer server = new MongoServer(backend);
    server.bind("127.0.0.1", Integer.parseInt(args[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    while (ProcessHandle.of(Long.parseLong(args[1])).isPresent()) Thread.sleep(1000);
    System.exit(0);
  }
}
`;

/** The folder of the server, as made by Maven: `java -cp 'lib/*' Main.java PORT PID` in it. */
export function mongoServerHome(): string {
  installJava();
  const main = createHash('sha256').update(MAIN).digest('hex').slice(0, 8);
  return cached(`mongo-java-server-${RELEASE}-${main}`, (into) => {
    writeFileSync(join(into, 'pom.xml'), POM);
    run('mvn', ['-q', '-B', COPY, '-DoutputDirectory=lib'], { cwd: into });
    writeFileSync(join(into, 'Main.java'), MAIN);
  });
}

/**
 * Starts a server in memory that speaks MongoDB's protocol: mongo-java-server. It is atomic, and nothing outlives it;
 * secondary indexes, sessions and transactions are not there. `MONGODB_STAND_IN` says so to the suites.
 */
export async function start(): Promise<Engine> {
  const directory = mongoServerHome();
  const port = await freePort();
  const server = await serve('java', ['-Xmx1g', '-cp', 'lib/*', 'Main.java', `${port}`, `${process.pid}`], {
    cwd: directory,
    ready: () => listening(port),
  });
  return {
    settings: { MONGODB_URL: `mongodb://127.0.0.1:${port}/`, MONGODB_STAND_IN: 'yes' },
    stop: () => server.stop(),
  };
}
