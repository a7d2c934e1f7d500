package io.crossfade.router.flags;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.Kind;
import io.crossfade.router.flags.RolloutChange.Origin;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** All changes that were ever made. Callers bring the transaction. */
final class RolloutHistory {

  private static final Logger log = LoggerFactory.getLogger(RolloutHistory.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;

  RolloutHistory(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(RolloutChange change) {
    jdbc.sql(
            "INSERT INTO rollout_change (changed_at, version, kind, origin, actor, reason, ticket,"
                + " forced, flags_before, flags_after, evidence, decision, decided_at)"
                + " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)")
        .params(
            Arrays.asList(
                Timestamp.from(change.changedAt()),
                change.version(),
                change.kind().name(),
                change.origin().name(),
                change.actor(),
                change.reason(),
                change.ticket(),
                change.forced(),
                write(change.before()),
                write(change.after()),
                change.evidence(),
                change.decision(),
                change.decidedAt() == null ? null : Timestamp.from(change.decidedAt())))
        .update();
  }

  /**
   * Newest first.
   *
   * @param kind {@code null} for all
   */
  List<RolloutChange> newest(@Nullable Kind kind, int most) {
    String name = kind == null ? null : kind.name();
    return jdbc
        .sql("SELECT * FROM rollout_change WHERE ? IS NULL OR kind = ? ORDER BY id DESC LIMIT ?")
        .params(Arrays.asList(name, name, most))
        .query(RolloutHistory::change)
        .list()
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /** What a kind was last switched to; empty when that cannot be read. */
  Optional<KindFlags> last(Kind kind) {
    return newest(kind, 1).stream().map(RolloutChange::after).findFirst();
  }

  /** What is recorded of a pending change, one per kind; empty when it was never stored. */
  List<RolloutChange> of(String decision) {
    return jdbc
        .sql("SELECT * FROM rollout_change WHERE decision = ?")
        .param(decision)
        .query(RolloutHistory::change)
        .list()
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /** Whether a person decided something else for a kind after a moment. */
  boolean decidedSince(Kind kind, Instant moment) {
    return jdbc
        .sql("SELECT * FROM rollout_change WHERE kind = ? AND COALESCE(decided_at, changed_at) > ?")
        .params(kind.name(), Timestamp.from(moment))
        .query(RolloutHistory::change)
        .list()
        .stream()
        .flatMap(Optional::stream)
        .anyMatch(change -> change.origin().person());
  }

  /** When a kind's flags became what they are; empty when they never changed. */
  Optional<Instant> since(Kind kind) {
    return jdbc.sql("SELECT changed_at FROM rollout_change WHERE kind = ? ORDER BY id DESC LIMIT 1")
        .param(kind.name())
        .query(Timestamp.class)
        .optional()
        .map(Timestamp::toInstant);
  }

  /** Empty for a row that a newer release wrote or somebody damaged: one row never stops all. */
  private static Optional<RolloutChange> change(ResultSet row, int number) throws SQLException {
    Timestamp decidedAt = row.getTimestamp("decided_at");
    try {
      return Optional.of(
          new RolloutChange(
              row.getLong("version"),
              row.getTimestamp("changed_at").toInstant(),
              Kind.valueOf(row.getString("kind")),
              Origin.valueOf(row.getString("origin")),
              row.getString("actor"),
              row.getString("reason"),
              row.getString("ticket"),
              row.getBoolean("forced"),
              read(row.getString("flags_before")),
              read(row.getString("flags_after")),
              row.getString("evidence"),
              row.getString("decision"),
              decidedAt == null ? null : decidedAt.toInstant()));
    } catch (IllegalArgumentException e) {
      log.debug("Change {} cannot be used: {}", row.getLong("id"), e.getMessage());
      return Optional.empty();
    }
  }

  private static String write(KindFlags flags) {
    try {
      return JSON.writeValueAsString(flags);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KindFlags read(String json) {
    try {
      return JSON.readValue(json, KindFlags.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Unreadable flags in rollout_change", e);
    }
  }
}
