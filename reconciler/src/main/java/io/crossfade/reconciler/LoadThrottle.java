package io.crossfade.reconciler;

import io.crossfade.reconciler.diff.Throttle;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets runs wait while an output's server is busy, as pt-table-checksum does by the same figure, or
 * while a person has paused them.
 */
final class LoadThrottle implements Throttle {

  private static final Logger log = LoggerFactory.getLogger(LoadThrottle.class);
  private static final long LOOK_AGAIN_MS = 500;

  private final ReconcilerPause pause;
  private final int busyThreads;

  /**
   * @param busyThreads statements running at once above which a run waits
   */
  LoadThrottle(DataSource control, int busyThreads) {
    this.pause = new ReconcilerPause(control);
    this.busyThreads = busyThreads;
  }

  @Override
  public void await(DataSource output) throws SQLException, InterruptedException {
    await(output, () -> {});
  }

  @Override
  public void await(DataSource output, Runnable waiting) throws SQLException, InterruptedException {
    boolean said = false;
    while (true) {
      waiting.run();
      boolean paused = pause.current().isPresent();
      if (!paused && threadsRunning(output) <= busyThreads) {
        return;
      }
      if (!said) {
        log.info("Waiting: {}", paused ? "somebody paused the reconciler" : "the server is busy");
        said = true;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
    }
  }

  private static int threadsRunning(DataSource output) throws SQLException {
    try (Connection connection = output.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Threads_running'")) {
      int running = result.next() ? result.getInt(2) : 0;
      connection.commit();
      return running;
    }
  }
}
