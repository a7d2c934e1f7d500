package io.crossfade.db;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a comparison reads of one table of one output. Stands between the two, so that
 * somebody can show the comparison other rows than there are and see whether it notices.
 */
public interface TableReader {

  /**
   * Reads the rows accepted in {@code [fromStamp, toStamp)} that follow a place, in one short
   * transaction. Memory does not depend on their number.
   *
   * @param after {@code null} for the first page
   * @param limit rows of the table at most
   * @return how many rows of the table were read; fewer than the limit means that the window is
   */
  int page(
      OutputScan.Order order,
      long fromStamp,
      long toStamp,
      OutputScan.@Nullable Place after,
      int limit,
      Consumer<RawRow> sink)
      throws SQLException;

  /** The rows with these ids, whenever they were accepted. */
  Map<RecordId, StoredRow> find(Collection<RecordId> ids) throws SQLException;

  /** Those of these ids that have a row, whenever it was accepted. */
  Set<RecordId> present(Collection<RecordId> ids) throws SQLException;

  /** How many rows were accepted in {@code [fromStamp, toStamp)}. */
  long count(long fromStamp, long toStamp) throws SQLException;

  /** How many rows were accepted in {@code [fromStamp, toStamp)}, by why the path had them. */
  OutputScan.Counts countByReason(long fromStamp, long toStamp) throws SQLException;

  /** How many rows a window has, as the server estimates it: within a factor of two or three. */
  long estimate(long fromStamp, long toStamp) throws SQLException;

  /** How many rows the table has, as the server estimates it. */
  long estimate() throws SQLException;

  /**
   * Draws rows of a window at random, by other statements than those that read it: some neighbours
   * at each of a few points in time, the window's first and last rows among them.
   *
   * @return their ids, neighbours one after the other, none twice
   */
  List<RecordId> draw(long fromStamp, long toStamp, RandomGenerator random) throws SQLException;

  /**
   * Draws rows that have one of some values in a column, among as many as {@code among} that follow
   * a random point of the window or, failing that, its beginning.
   */
  List<RecordId> draw(
      long fromStamp,
      long toStamp,
      String column,
      Collection<String> values,
      int among,
      RandomGenerator random)
      throws SQLException;

  /** The rows with these ids as they come from the wire, by other means than {@link #page}. */
  Map<RecordId, RawRow> witness(Collection<RecordId> ids) throws SQLException;
}
