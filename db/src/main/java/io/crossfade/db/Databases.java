package io.crossfade.db;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the schemas that a process started without into use as soon as their servers answer, and
 * knows of each whether it does now.
 */
public final class Databases implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Databases.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final Duration STOP_PATIENCE = Duration.ofMillis(500);

  private final List<SchemaPool> pools;
  private final Loops loops;
  private final List<BiConsumer<String, HikariDataSource>> waiting = new ArrayList<>();
  private @Nullable SupervisedLoop loop;

  Databases(List<SchemaPool> pools, Loops loops) {
    this.pools = List.copyOf(pools);
    this.loops = loops;
  }

  /** Begins. */
  public void start() {
    loop =
        loops.start(
            DatabaseLoop.DATABASES,
            "",
            self -> {
              look(self);
              return Next.after(LOOK_EVERY);
            });
  }

  @Override
  public void close() {
    SupervisedLoop started = loop;
    if (started != null) {
      started.stop(STOP_PATIENCE);
    }
  }

  /** Each schema. */
  public List<DatabaseState> states() {
    return pools.stream().map(SchemaPool::state).toList();
  }

  /**
   * Whether the legacy output was ever in use by this process. Before, a record in memory would be
   * promised to a database that nobody has seen.
   */
  public boolean legacyOpened() {
    return pools.stream()
        .anyMatch(pool -> pool.state().name().equals("legacy") && pool.state().opened());
  }

  /** Does something with each schema, by its name, once it is in use; at once where it is. */
  public void whenOpened(BiConsumer<String, HikariDataSource> then) {
    synchronized (waiting) {
      waiting.add(then);
    }
    for (SchemaPool pool : pools) {
      if (pool.state().opened()) {
        then.accept(pool.state().name(), pool);
      }
    }
  }

  private void look(SupervisedLoop self) {
    for (SchemaPool pool : pools) {
      self.beat();
      if (pool.state().opened()) {
        pool.look();
      } else {
        open(pool);
      }
    }
  }

  private void open(SchemaPool pool) {
    String before = pool.state().trouble();
    try {
      pool.open();
    } catch (SQLException | FlywayException e) {
      if (!String.valueOf(before).equals(pool.state().trouble())) {
        log.error("The {} schema cannot be used: {}", pool.state().name(), e.getMessage());
      }
      return;
    }
    if (pool.state().opened()) {
      List<BiConsumer<String, HikariDataSource>> all;
      synchronized (waiting) {
        all = List.copyOf(waiting);
      }
      all.forEach(then -> then.accept(pool.state().name(), pool));
    }
  }
}
