package io.crossfade.db.control;

import io.crossfade.db.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** All changes of the flags that were ever made: the table {@code rollout_change}. */
public final class FlagChanges {

  /** A release that knew no opt-in left it as it was. */
  private static final String SELECT =
      """
      SELECT *, COALESCE(opt_in_after,
          (SELECT said.opt_in_after FROM rollout_change said
            WHERE said.kind = rollout_change.kind AND said.id < rollout_change.id
              AND said.opt_in_after IS NOT NULL ORDER BY said.id DESC LIMIT 1),
          TRUE) AS opt_in
        FROM rollout_change
      """;

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;

  public FlagChanges(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control);
  }

  /** Adds one; its id is given to it. */
  public void add(FlagChange change) {
    Instant decidedAt = change.decidedAt();
    transactions.run(
        () ->
            jdbc.sql(
                    "INSERT INTO rollout_change (changed_at, version, kind, origin, actor, reason,"
                        + " ticket, forced, flags_before, flags_after, evidence, decision,"
                        + " decided_at, opt_in_before, opt_in_after)"
                        + " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
                .params(
                    Arrays.asList(
                        Timestamp.from(change.changedAt()),
                        change.version(),
                        change.kind().name(),
                        change.origin(),
                        change.actor(),
                        change.reason(),
                        change.ticket(),
                        change.forced(),
                        change.before().json(),
                        change.after().json(),
                        change.evidence(),
                        change.decision(),
                        decidedAt == null ? null : Timestamp.from(decidedAt),
                        change.before().optIn(),
                        change.after().optIn()))
                .update());
  }

  /**
   * Newest first; of kinds that this release knows.
   *
   * @param kind {@code null} for all
   */
  public List<FlagChange> newest(@Nullable Kind kind, int most) {
    String name = kind == null ? null : kind.name();
    return query("? IS NULL OR kind = ? ORDER BY id DESC LIMIT ?", Arrays.asList(name, name, most));
  }

  /** All of a kind, in the order in which they were made. */
  public List<FlagChange> of(Kind kind) {
    return query("kind = ? ORDER BY id", List.of(kind.name()));
  }

  /** What is recorded of a decision, one per kind; empty when it was never stored. */
  public List<FlagChange> ofDecision(String decision) {
    return query("decision = ? ORDER BY id", List.of(decision));
  }

  /** Those of a kind that were decided after a moment. */
  public List<FlagChange> decidedAfter(Kind kind, Instant moment) {
    return query(
        "kind = ? AND COALESCE(decided_at, changed_at) > ? ORDER BY id",
        List.of(kind.name(), Timestamp.from(moment)));
  }

  /** Whether some change of a kind was made by a release that knew the opt-in. */
  public boolean tellOptIn(Kind kind) {
    return transactions.in(
        () ->
            !jdbc.sql(
                    "SELECT id FROM rollout_change WHERE kind = ?"
                        + " AND opt_in_after IS NOT NULL LIMIT 1")
                .param(kind.name())
                .query(Long.class)
                .list()
                .isEmpty());
  }

  private List<FlagChange> query(String where, List<? extends @Nullable Object> values) {
    return transactions.in(
        () ->
            jdbc
                .sql(SELECT + "WHERE " + where)
                .params(values)
                .query(FlagChanges::change)
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList());
  }

  private static Optional<FlagChange> change(ResultSet row, int number) throws SQLException {
    String name = row.getString("kind");
    Optional<Kind> kind =
        Stream.of(Kind.values()).filter(known -> known.name().equals(name)).findFirst();
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    Timestamp decidedAt = row.getTimestamp("decided_at");
    boolean optIn = row.getBoolean("opt_in");
    boolean optedInBefore = row.getBoolean("opt_in_before");
    boolean before = row.wasNull() ? optIn : optedInBefore;
    return Optional.of(
        new FlagChange(
            row.getLong("id"),
            row.getLong("version"),
            row.getTimestamp("changed_at").toInstant(),
            kind.get(),
            row.getString("origin"),
            row.getString("actor"),
            row.getString("reason"),
            row.getString("ticket"),
            row.getBoolean("forced"),
            RecordedFlags.parse(row.getString("flags_before"), before),
            RecordedFlags.parse(row.getString("flags_after"), optIn),
            row.getString("evidence"),
            row.getString("decision"),
            decidedAt == null ? null : decidedAt.toInstant()));
  }
}
