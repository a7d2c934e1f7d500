package io.crossfade.reconciler.diff;

import io.crossfade.db.RecordId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a run remembers, so that another process can go on with it. Each call is all or nothing. */
public interface DifferenceLedger {

  /** A difference that was looked at twice. */
  record Believed(Difference difference, @Nullable Explained explained) {}

  /** A plant, and what became of it so far. */
  record Planted(Plant plant, Plant.Outcome outcome) {}

  /** Begins a table. */
  void begin(String table, List<Plant> plants, TableProgress progress);

  /** The plants of a table. */
  List<Planted> plants(String table);

  /** How far a table came; {@code null} when it has not begun. */
  @Nullable TableProgress progress(String table);

  /**
   * Keeps what the first look found, and how far it came.
   *
   * @param plants what became of some, by their ids
   */
  void found(
      String table,
      List<Difference> found,
      Map<RecordId, Plant.Outcome> plants,
      TableProgress progress);

  /** Keeps what the second look says of plants. */
  void judged(String table, Map<RecordId, Plant.Outcome> plants);

  /**
   * Ids that were looked at once, in order.
   *
   * @param after where to go on; {@code null} at the beginning
   */
  List<RecordId> lookedAtOnce(String table, @Nullable RecordId after, int limit);

  /** Keeps what the second look says of ids that were looked at once. */
  void believe(String table, Set<RecordId> agreed, List<Believed> believed, TableProgress progress);
}
