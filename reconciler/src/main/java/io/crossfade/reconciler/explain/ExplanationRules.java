package io.crossfade.reconciler.explain;

import io.crossfade.db.Kind;
import io.crossfade.db.OutputTables;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Differences that somebody answers for until a day; after it they are unexplained again. */
public final class ExplanationRules {

  /**
   * One rule. What is {@code null} matches everything.
   *
   * @param id {@code 0} before it is kept
   * @param difference class of differences
   * @param column the only column that may differ
   * @param deviceSn the device
   * @param owner who answers for it
   * @param reason why it is no fault
   */
  public record Rule(
      long id,
      Kind kind,
      @Nullable DifferenceClass difference,
      @Nullable String column,
      @Nullable String deviceSn,
      String owner,
      String reason,
      Instant createdAt,
      Instant expiresAt) {

    public Rule {
      if (owner.isBlank() || reason.isBlank()) {
        throw new IllegalArgumentException("A rule needs an owner and a reason");
      }
      if (!expiresAt.isAfter(createdAt)) {
        throw new IllegalArgumentException(
            "A rule must expire after it begins, not at " + expiresAt);
      }
      if (difference == null && column == null && deviceSn == null) {
        throw new IllegalArgumentException(
            "A rule needs a class, a column or a device: one for everything would hide everything");
      }
    }

    boolean matches(Difference found) {
      return (difference == null || difference == found.kind())
          && (column == null || column.equals(found.columns()))
          && (deviceSn == null || deviceSn.equals(found.deviceSn()));
    }
  }

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;
  private final AuditLog audit;

  public ExplanationRules(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control).forLongQuestions();
    this.audit = new AuditLog(control);
  }

  /**
   * Keeps a rule.
   *
   * @return its id
   * @throws IllegalArgumentException when no table of its kind has its column: it would never match
   */
  public long add(Rule rule) {
    requireComparedColumn(rule);
    DifferenceClass difference = rule.difference();
    return transactions.in(
        () -> {
          jdbc.sql(
                  "INSERT INTO explanation_rule (kind, class, column_name, device_sn, owner,"
                      + " reason, created_at, expires_at) VALUES (?,?,?,?,?,?,?,?)")
              .params(
                  Arrays.asList(
                      rule.kind().name(),
                      difference == null ? null : difference.name(),
                      rule.column(),
                      rule.deviceSn(),
                      rule.owner(),
                      rule.reason(),
                      LocalDateTime.ofInstant(rule.createdAt(), ZoneOffset.UTC),
                      LocalDateTime.ofInstant(rule.expiresAt(), ZoneOffset.UTC)))
              .update();
          long id = jdbc.sql("SELECT LAST_INSERT_ID()").query(Long.class).single();
          audit.keep(
              Act.of(rule.owner(), Action.RULE)
                  .ofKind(rule.kind())
                  .on("rule " + id)
                  .detail(
                      "class %s, column %s, device %s, until %s"
                          .formatted(
                              difference == null ? "any" : difference,
                              rule.column() == null ? "any" : rule.column(),
                              rule.deviceSn() == null ? "any" : rule.deviceSn(),
                              rule.expiresAt()))
                  .because(rule.reason()));
          return id;
        });
  }

  private static void requireComparedColumn(Rule rule) {
    Set<String> compared = columns(rule.kind());
    if (rule.column() != null && !compared.contains(rule.column())) {
      throw new IllegalArgumentException(
          "%s has no compared column %s, only %s"
              .formatted(rule.kind(), rule.column(), String.join(", ", compared)));
    }
  }

  /**
   * Lets a rule expire now.
   *
   * @return the act in the audit; empty when no such rule is valid
   */
  public Optional<Long> end(long id, String actor) {
    return transactions.in(
        () -> {
          boolean ended =
              jdbc.sql(
                          "UPDATE explanation_rule SET expires_at = CURRENT_TIMESTAMP(3)"
                              + " WHERE id = ? AND expires_at > CURRENT_TIMESTAMP(3)")
                      .param(id)
                      .update()
                  == 1;
          return ended
              ? Optional.of(audit.keep(Act.of(actor, Action.RULE_ENDED).on("rule " + id)))
              : Optional.empty();
        });
  }

  /** All rules for kinds of this process, the newest first, also those that have expired. */
  public List<Rule> all() {
    return transactions.in(
        () ->
            jdbc.sql("SELECT * FROM explanation_rule WHERE kind IN (:kinds) ORDER BY id DESC")
                .param("kinds", Kind.all().stream().map(Kind::name).toList())
                .query((row, number) -> rule(row))
                .list());
  }

  /**
   * How many differences of the newest runs each rule explains; those without any are left out.
   *
   * @param runs how many runs are looked at
   * @param most counted: a rule that explains so many is looked at by itself
   */
  public Map<Long, Long> explained(int runs, int most) {
    Map<Long, Long> explained = new TreeMap<>();
    transactions.run(
        () ->
            jdbc.sql(
                    "SELECT rule_id, COUNT(*) AS found FROM (SELECT rule_id FROM (SELECT id FROM"
                        + " comparison ORDER BY id DESC LIMIT ?) newest JOIN difference ON"
                        + " comparison_id = newest.id WHERE rule_id IS NOT NULL LIMIT ?) some"
                        + " GROUP BY rule_id")
                .params(runs, most)
                .query(
                    row -> {
                      explained.put(row.getLong("rule_id"), row.getLong("found"));
                    }));
    return explained;
  }

  /** Names of the columns of a kind that a rule may be about. */
  public static Set<String> columns(Kind kind) {
    Set<String> compared = new TreeSet<>();
    OutputTables.of(kind).forEach(table -> compared.addAll(table.comparedColumns()));
    return compared;
  }

  /** Those of a kind that have not expired. */
  List<Rule> valid(Kind kind) {
    return transactions.in(
        () ->
            jdbc.sql(
                    "SELECT * FROM explanation_rule WHERE kind = ?"
                        + " AND expires_at > CURRENT_TIMESTAMP(3) ORDER BY id")
                .param(kind.name())
                .query((row, number) -> rule(row))
                .list());
  }

  private static Rule rule(ResultSet row) throws SQLException {
    String difference = row.getString("class");
    return new Rule(
        row.getLong("id"),
        Kind.valueOf(row.getString("kind")),
        difference == null ? null : DifferenceClass.valueOf(difference),
        row.getString("column_name"),
        row.getString("device_sn"),
        row.getString("owner"),
        row.getString("reason"),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("expires_at").toInstant());
  }
}
