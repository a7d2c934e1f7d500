package io.crossfade.reconciler.diff;

import io.crossfade.db.OutputScan;
import io.crossfade.db.RawRow;
import io.crossfade.db.TableReader;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads one side of a table ahead, page by page: each page a short transaction of about half a
 * second.
 */
final class SideReader implements OutputDiff.Source<RawRow>, AutoCloseable {

  private final DataSource dataSource;
  private final TableReader scan;
  private final OutputScan.Order order;
  private final ComparisonWindow window;
  private final Throttle throttle;
  private final OutputScan.@Nullable Place start;
  private @Nullable RawRow last;
  private final ReadAhead<RawRow> ahead;

  SideReader(
      DataSource dataSource,
      TableReader scan,
      OutputScan.Order order,
      ComparisonWindow window,
      OutputScan.@Nullable Place after,
      Throttle throttle) {
    this.dataSource = dataSource;
    this.scan = scan;
    this.order = order;
    this.window = window;
    this.start = after;
    this.throttle = throttle;
    this.ahead = new ReadAhead<>("side-reader", this::read);
  }

  @Override
  public @Nullable RawRow next() throws SQLException {
    return ahead.next();
  }

  @Override
  public void close() {
    ahead.close();
  }

  private void read(ReadAhead<RawRow> into) throws SQLException, InterruptedException {
    PageSize size = new PageSize();
    int limit;
    int rows;
    do {
      throttle.await(dataSource);
      limit = size.rows();
      long begin = System.nanoTime();
      rows =
          scan.page(
              order,
              window.fromStamp(),
              window.toStamp(),
              place(),
              limit,
              row -> {
                last = row;
                into.add(row, row.size());
              });
      size.took(rows, Duration.ofNanos(System.nanoTime() - begin));
    } while (rows == limit && !into.closed());
  }

  private OutputScan.@Nullable Place place() {
    return last == null ? start : new OutputScan.Place(last.stamp(), last.id());
  }
}
