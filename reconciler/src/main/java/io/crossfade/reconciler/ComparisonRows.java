package io.crossfade.reconciler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.Comparisons.StoredDifference;
import io.crossfade.reconciler.Comparisons.Summary;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.DifferenceLedger;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.diff.Plant;
import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.diff.TableProgress;
import io.crossfade.reconciler.verdict.Reason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs and differences as rows of the control schema. */
final class ComparisonRows {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, TableProgress>> PROGRESS =
      new TypeReference<>() {};
  private static final TypeReference<List<Difference.Field>> FIELDS = new TypeReference<>() {};

  private ComparisonRows() {}

  static Summary summary(ResultSet row, List<KindFigures> figures) throws SQLException {
    Map<String, TableProgress> progress = progress(row);
    boolean finished = "FINISHED".equals(row.getString("state"));
    long expected = progress.values().stream().mapToLong(TableProgress::expected).sum() * 2;
    long consumed = progress.values().stream().mapToLong(TableProgress::consumed).sum();
    return new Summary(
        row.getLong("id"),
        Origin.valueOf(row.getString("origin")),
        ComparisonRequest.kinds(row.getString("kinds")),
        window(row),
        finished,
        row.getTimestamp("started_at").toInstant(),
        row.getTimestamp("updated_at").toInstant(),
        row.getString("verdict"),
        reasons(row.getString("reasons")),
        Headline.of(figures, row.getLong("dropped_copies")),
        KindFigures.proofOf(figures),
        row.getBoolean("held") ? row.getString("claimed_by") : null,
        finished ? 1 : expected == 0 ? 0 : Math.min(1, (double) consumed / expected));
  }

  static ComparisonWindow window(ResultSet row) throws SQLException {
    return new ComparisonWindow(
        row.getTimestamp("from_at").toInstant(), row.getTimestamp("to_at").toInstant());
  }

  /** Empty when they are of a kind that this process has not. */
  static Optional<KindFigures> figures(ResultSet row) throws SQLException {
    Kind kind = Kind.ofName(row.getString("kind")).orElse(null);
    return kind == null ? Optional.empty() : Optional.of(figures(kind, row));
  }

  private static KindFigures figures(Kind kind, ResultSet row) throws SQLException {
    return new KindFigures(
        kind,
        window(row),
        row.getLong("matching"),
        row.getLong("differing"),
        row.getLong("missing_in_stream"),
        row.getLong("missing_in_legacy"),
        row.getLong("repeated"),
        row.getLong("late"),
        row.getLong("not_mirrored"),
        row.getLong("explained"),
        row.getLong("urgent_missing"),
        row.getLong("fallbacks"),
        row.getLong("stream_served"),
        row.getLong("urgent_explained"),
        row.getLong("repaired"),
        row.getLong("lost"),
        row.getLong("in_no_output"),
        row.getLong("urgent_compared"),
        unboxed(row.getObject("legacy_p95_ms", Double.class)),
        unboxed(row.getObject("stream_p95_ms", Double.class)),
        new Proof(
            row.getLong("planted"),
            row.getLong("plants_found"),
            row.getLong("plants_invented"),
            row.getLong("bare")));
  }

  static DifferenceLedger.Planted planted(ResultSet row) throws SQLException {
    return new DifferenceLedger.Planted(
        new Plant(
            RecordId.of(row.getBytes("id")),
            RecordId.of(row.getBytes("row_id")),
            row.getLong("stamp"),
            Plant.Sort.valueOf(row.getString("sort")),
            DeliveryPath.valueOf(row.getString("side")),
            row.getString("column_name"),
            row.getBoolean("urgent")),
        Plant.Outcome.valueOf(row.getString("outcome")));
  }

  static Difference difference(ResultSet row) throws SQLException {
    return new Difference(
        row.getString("table_name"),
        RecordId.of(row.getBytes("id")),
        DifferenceClass.valueOf(row.getString("class")),
        row.getString("device_sn"),
        DeliveryPath.valueOf(row.getString("served_by")),
        row.getBoolean("urgent"),
        row.getLong("stamp"),
        read(row.getString("fields"), FIELDS));
  }

  static StoredDifference stored(ResultSet row) throws SQLException {
    String explanation = row.getString("explanation");
    return new StoredDifference(
        difference(row),
        explanation == null ? null : Explanation.valueOf(explanation),
        row.getObject("repair_id") != null);
  }

  static Map<String, TableProgress> progress(ResultSet row) throws SQLException {
    return read(row.getString("progress"), PROGRESS);
  }

  /** Not a Timestamp, which ends in 2038: a person may ask for a window without an end. */
  static LocalDateTime utc(Instant instant) {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  static @Nullable Double boxed(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  static OptionalDouble unboxed(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static <T> T read(String json, TypeReference<T> type) {
    try {
      return JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What the reconciler wrote cannot be read", e);
    }
  }

  static List<Reason> reasons(String names) {
    return names.isEmpty()
        ? List.of()
        : Arrays.stream(names.split(",", -1)).map(Reason::valueOf).toList();
  }

  static String names(Collection<Reason> reasons) {
    return reasons.stream().map(Reason::name).collect(Collectors.joining(","));
  }

  static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
