package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.tables.Endpoint;
import io.crossfade.reconciler.tables.LoadBounds;
import io.crossfade.reconciler.tables.PairSpec;
import io.crossfade.reconciler.tables.TableThrottle;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options that say how much of the servers a run may take. */
final class DiffLoadOptions {

  private static final int MOST_WORKERS = 64;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Ranges that are read at once; 1 unless said otherwise")
  private int workers = 1;

  @Option(
      names = "--max-threads-running",
      paramLabel = "N",
      description = "Waits while more statements are at work on either server")
  private @Nullable Integer threadsRunning;

  @Option(
      names = "--max-replica-delay",
      paramLabel = "TIME",
      converter = SettleTime.class,
      description =
          "Waits while a replica is further behind, or stands still: left, right and what"
              + " --replica names, as far as they are replicas")
  private @Nullable Duration replicaDelay;

  @Option(
      names = "--replica",
      paramLabel = "URL",
      description = "A replica whose delay is watched too; several times")
  private List<String> replicas = List.of();

  void check(CommandSpec spec) {
    if (workers < 1 || workers > MOST_WORKERS) {
      throw new ParameterException(spec.commandLine(), "--workers is 1 to 64, not " + workers);
    }
    if (threadsRunning != null && threadsRunning < 1) {
      throw new ParameterException(
          spec.commandLine(), "--max-threads-running is 1 or more, not " + threadsRunning);
    }
    if (!replicas.isEmpty() && replicaDelay == null) {
      throw new ParameterException(
          spec.commandLine(), "--replica is for --max-replica-delay; say how far it may be behind");
    }
  }

  int workers() {
    return workers;
  }

  /** Watches what the pairs are read from. */
  TableThrottle throttle(CommandSpec spec, List<PairSpec> pairs, DiffTables tables)
      throws SQLException, IOException {
    List<Endpoint> watched = new ArrayList<>();
    for (String url : replicas) {
      watched.add(tables.endpoint(spec, url));
    }
    Set<Endpoint> read = new LinkedHashSet<>();
    for (PairSpec pair : pairs) {
      read.add(pair.left());
      read.add(pair.right());
    }
    PrintWriter err = spec.commandLine().getErr();
    return TableThrottle.open(
        new LoadBounds(threadsRunning, replicaDelay, watched),
        read,
        reason -> err.println("waiting: " + reason));
  }
}
