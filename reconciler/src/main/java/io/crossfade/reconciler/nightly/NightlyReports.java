package io.crossfade.reconciler.nightly;

import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.Headline;
import io.crossfade.reconciler.verdict.Reason;
import io.crossfade.reconciler.verdict.Verdict;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The reports in the control schema, where every router finds them. */
public final class NightlyReports {

  private static final String LIST =
      "SELECT id, comparison_id, day, created_at, verdict, compared, unexplained, consistency,"
          + " raw_consistency, explained, lost, in_no_output, urgent_missing,"
          + " dropped_copies, reasons FROM report";

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;

  public NightlyReports(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control).forLongQuestions();
  }

  /** The newest first. */
  public List<NightlyReport> latest(int limit) {
    return in(
        () ->
            jdbc.sql(LIST + " ORDER BY day DESC, id DESC LIMIT ?")
                .param(limit)
                .query((row, number) -> report(row))
                .list());
  }

  /** One of them. */
  public Optional<NightlyReport> find(long id) {
    return in(
        () ->
            jdbc.sql(LIST + " WHERE id = ?")
                .param(id)
                .query((row, number) -> report(row))
                .optional());
  }

  /** The page for people. */
  public Optional<String> html(long id) {
    return text("html", id);
  }

  /** The same for programs. */
  public Optional<String> json(long id) {
    return text("json", id);
  }

  boolean has(LocalDate day) {
    return in(
        () ->
            !jdbc.sql("SELECT 1 FROM report WHERE day = ? LIMIT 1")
                .param(day)
                .query(Integer.class)
                .list()
                .isEmpty());
  }

  NightlyReport add(LocalDate day, ComparisonResult result, String html, String json) {
    Headline said = result.headline();
    long id =
        in(
            () -> {
              jdbc.sql(
                      "INSERT INTO report (comparison_id, day, created_at, verdict, compared,"
                          + " unexplained, consistency, raw_consistency, explained, lost,"
                          + " in_no_output, urgent_missing, dropped_copies, reasons, html, json)"
                          + " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
                  .param(result.id())
                  .param(day)
                  .param(LocalDateTime.ofInstant(result.finishedAt(), ZoneOffset.UTC))
                  .param(result.verdict().name())
                  .param(said.compared())
                  .param(said.unexplained())
                  .param(result.consistency().orElse(null))
                  .param(result.rawConsistency().orElse(null))
                  .param(said.explained())
                  .param(said.lost())
                  .param(said.inNoOutput())
                  .param(said.urgentMissing())
                  .param(said.droppedCopies())
                  .param(
                      Reason.telling(result.reasons()).stream()
                          .map(Reason::name)
                          .collect(Collectors.joining(",")))
                  .param(html)
                  .param(json)
                  .update();
              return jdbc.sql("SELECT LAST_INSERT_ID()").query(Long.class).single();
            });
    return find(id).orElseThrow();
  }

  private Optional<String> text(String column, long id) {
    return in(
        () ->
            jdbc.sql("SELECT " + column + " FROM report WHERE id = ?")
                .param(id)
                .query(String.class)
                .optional());
  }

  private static NightlyReport report(ResultSet row) throws SQLException {
    return new NightlyReport(
        row.getLong("id"),
        row.getLong("comparison_id"),
        row.getObject("day", LocalDate.class),
        row.getTimestamp("created_at").toInstant(),
        Verdict.valueOf(row.getString("verdict")),
        row.getLong("compared"),
        row.getLong("unexplained"),
        Optional.ofNullable(row.getBigDecimal("consistency")),
        Optional.ofNullable(row.getBigDecimal("raw_consistency")),
        row.getLong("explained"),
        row.getLong("lost"),
        row.getLong("in_no_output"),
        row.getLong("urgent_missing"),
        row.getLong("dropped_copies"),
        reasons(row.getString("reasons")));
  }

  private static List<Reason> reasons(String names) {
    return names.isEmpty()
        ? List.of()
        : Arrays.stream(names.split(",", -1)).map(Reason::valueOf).toList();
  }

  private <T> T in(Supplier<T> work) {
    return transactions.in(work);
  }
}
