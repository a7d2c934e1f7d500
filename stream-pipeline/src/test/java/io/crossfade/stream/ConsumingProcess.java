package io.crossfade.stream;

import io.crossfade.db.DbSettings;
import io.crossfade.db.JavaCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** A worker in a process of its own, which can be ended as the kernel ends one. */
final class ConsumingProcess implements AutoCloseable {

  private final Process process;

  ConsumingProcess(int redis, String prefix, int partitions, DbSettings databases) {
    List<String> command =
        JavaCommand.of(StreamWorker.class, List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(
        List.of(
            "--spring.data.redis.host=127.0.0.1",
            "--spring.data.redis.port=" + redis,
            "--crossfade.stream.key-prefix=" + prefix,
            "--crossfade.stream.claim-idle=1s",
            "--crossfade.stream.partitions=" + partitions));
    add(command, "control", databases.control());
    add(command, "legacy", databases.legacy());
    add(command, "stream", databases.stream());
    DbSettings.Credentials migration = Objects.requireNonNull(databases.migration());
    command.add("--crossfade.db.migration.username=" + migration.username());
    command.add("--crossfade.db.migration.password=" + migration.password());
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(List<String> command, String name, DbSettings.Schema schema) {
    command.add("--crossfade.db.%s.url=%s".formatted(name, schema.url()));
    command.add("--crossfade.db.%s.username=%s".formatted(name, schema.username()));
    command.add("--crossfade.db.%s.password=%s".formatted(name, schema.password()));
  }

  /** Kills it: it finishes nothing. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
