package io.crossfade.db.control;

import io.crossfade.db.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Who did what, when and why: whoever changes something keeps an entry in the transaction of the
 * change, so that there is none without the other. Each entry is a line of the logger {@code
 * crossfade.audit} as well, once it is committed.
 */
public final class AuditLog {

  /** What is done. */
  public enum Action {
    /** Flags were changed, forwards or back, by a person, by the autopilot or through Togglz. */
    FLAGS,
    HOLD,
    RELEASE,
    PAUSE,
    RESUME,
    /** A comparison was asked for. */
    RUN,
    REPAIR,
    REDRIVE,
    DISCARD,
    RULE,
    RULE_ENDED,
    ROUTER_FORGOTTEN,
    LOGIN,
    LOGIN_FAILED,
    LOGOUT
  }

  /**
   * What somebody does.
   *
   * @param at when; {@code null} for now, by the database's clock
   * @param kind name of the kind that it concerns; {@code null} for none, or all
   * @param object what it is done to
   * @param detail what exactly
   * @param receipt under which more is recorded
   * @param figures JSON, of that moment
   */
  public record Act(
      @Nullable Instant at,
      String actor,
      Action action,
      @Nullable String kind,
      @Nullable String object,
      @Nullable String detail,
      @Nullable String reason,
      @Nullable String receipt,
      @Nullable String figures) {

    /** An act that concerns no kind, now. */
    public static Act of(String actor, Action action) {
      return new Act(null, actor, action, null, null, null, null, null, null);
    }

    public Act at(@Nullable Instant moment) {
      return new Act(moment, actor, action, kind, object, detail, reason, receipt, figures);
    }

    /**
     * The same of a kind.
     *
     * @param of {@code null} for all
     */
    public Act ofKind(@Nullable Kind of) {
      String name = of == null ? null : of.name();
      return new Act(at, actor, action, name, object, detail, reason, receipt, figures);
    }

    public Act on(String thing) {
      return new Act(at, actor, action, kind, thing, detail, reason, receipt, figures);
    }

    public Act detail(@Nullable String what) {
      return new Act(at, actor, action, kind, object, what, reason, receipt, figures);
    }

    public Act because(@Nullable String why) {
      return new Act(at, actor, action, kind, object, detail, why, receipt, figures);
    }

    public Act receipt(@Nullable String under) {
      return new Act(at, actor, action, kind, object, detail, reason, under, figures);
    }

    public Act figures(@Nullable String json) {
      return new Act(at, actor, action, kind, object, detail, reason, receipt, json);
    }
  }

  /** An entry, with the moment of its act. */
  public record Entry(long id, Instant at, Act act) {}

  /**
   * Which entries. What is {@code null} matches everything.
   *
   * @param kind name of it
   * @param from the first moment
   * @param to the first moment behind
   */
  public record Filter(
      @Nullable String actor,
      @Nullable Action action,
      @Nullable String kind,
      @Nullable Instant from,
      @Nullable Instant to) {}

  private static final Logger log = LoggerFactory.getLogger("crossfade.audit");
  private static final int LONGEST = 1_000;
  private static final int LONGEST_NAME = 255;

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;

  public AuditLog(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control);
  }

  /**
   * Keeps an entry, in the transaction of this thread when there is one.
   *
   * @return its id
   */
  public long keep(Act act) {
    return transactions.in(
        () -> {
          Instant at = act.at();
          jdbc.sql(
                  "INSERT INTO audit_log (done_at, actor, action, of_kind, object, detail, reason,"
                      + " receipt, figures) VALUES (COALESCE(?,"
                      + " CURRENT_TIMESTAMP(3)),?,?,?,?,?,?,?,?)")
              .params(
                  Arrays.asList(
                      at == null ? null : utc(at),
                      clipped(act.actor(), LONGEST_NAME),
                      act.action().name(),
                      act.kind(),
                      clipped(act.object(), LONGEST_NAME),
                      clipped(act.detail(), LONGEST),
                      clipped(act.reason(), LONGEST),
                      act.receipt(),
                      act.figures()))
              .update();
          long id = jdbc.sql("SELECT LAST_INSERT_ID()").query(Long.class).single();
          TransactionSynchronizationManager.registerSynchronization(
              new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                  say(act);
                }
              });
          return id;
        });
  }

  /**
   * The newest.
   *
   * @param before only those with a smaller id; {@code null} for the very newest
   */
  public List<Entry> newest(Filter filter, @Nullable Long before, int limit) {
    List<Object> values = new ArrayList<>();
    StringBuilder where = new StringBuilder("TRUE");
    and(where, values, "actor = ?", filter.actor());
    and(where, values, "action = ?", filter.action() == null ? null : filter.action().name());
    and(where, values, "of_kind = ?", filter.kind());
    and(where, values, "done_at >= ?", filter.from() == null ? null : utc(filter.from()));
    and(where, values, "done_at < ?", filter.to() == null ? null : utc(filter.to()));
    and(where, values, "id < ?", before);
    values.add(limit);
    return find(where + " ORDER BY id DESC LIMIT ?", values);
  }

  /** One entry. */
  public Optional<Entry> find(long id) {
    return find("id = ?", List.of(id)).stream().findFirst();
  }

  /** Forgets some of those that are older than a moment; says how many. */
  public int forget(Instant before, int most) throws SQLException {
    return OldRows.delete(transactions, "audit_log WHERE done_at < ?", before, most);
  }

  private List<Entry> find(String where, List<Object> values) {
    return transactions.in(
        () ->
            jdbc
                .sql("SELECT * FROM audit_log WHERE " + where)
                .params(values)
                .query((row, number) -> read(row))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList());
  }

  private static void and(
      StringBuilder where, List<Object> values, String condition, @Nullable Object value) {
    if (value != null) {
      where.append(" AND ").append(condition);
      values.add(value);
    }
  }

  /** Empty for an action of a newer release. */
  private static Optional<Entry> read(ResultSet row) throws SQLException {
    String name = row.getString("action");
    for (Action action : Action.values()) {
      if (action.name().equals(name)) {
        Instant at = row.getObject("done_at", LocalDateTime.class).toInstant(ZoneOffset.UTC);
        return Optional.of(
            new Entry(
                row.getLong("id"),
                at,
                new Act(
                    at,
                    row.getString("actor"),
                    action,
                    row.getString("of_kind"),
                    row.getString("object"),
                    row.getString("detail"),
                    row.getString("reason"),
                    row.getString("receipt"),
                    row.getString("figures"))));
      }
    }
    return Optional.empty();
  }

  private static void say(Act act) {
    log.info(
        "action={} actor={} kind={} object={} receipt={} detail={} reason={}",
        act.action(),
        act.actor(),
        act.kind(),
        act.object(),
        act.receipt(),
        act.detail(),
        act.reason());
  }

  private static LocalDateTime utc(Instant at) {
    return LocalDateTime.ofInstant(at, ZoneOffset.UTC);
  }

  private static @Nullable String clipped(@Nullable String text, int most) {
    return text == null || text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most));
  }
}
