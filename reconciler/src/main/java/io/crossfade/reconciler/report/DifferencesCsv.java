package io.crossfade.reconciler.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.Visible;
import io.crossfade.reconciler.Comparisons.StoredDifference;
import io.crossfade.reconciler.DifferenceFilter;
import io.crossfade.reconciler.Differences;
import io.crossfade.reconciler.diff.Difference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Differences of a run, one line each. Holds a few at a time. */
public final class DifferencesCsv {

  /**
   * Where a cell of a formula could begin: at the start, or after anything that some country's
   * spreadsheet takes for a separator. Whoever opens the file must not run what a device sent
   * (CWE-1236).
   */
  private static final Pattern FORMULA = Pattern.compile("(^|[,;|:\"'])(\\s*)(?=[=+\\-@＝＋－＠])");

  private static final CsvMapper CSV = new CsvMapper();
  private static final CsvSchema SCHEMA = CSV.schemaFor(Line.class).withHeader();

  static {
    CSV.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
  }

  @JsonPropertyOrder({
    "table",
    "id",
    "class",
    "explanation",
    "repaired",
    "device_sn",
    "served_by",
    "urgent",
    "accepted_at",
    "columns",
    "legacy",
    "stream"
  })
  private record Line(
      String table,
      String id,
      @JsonProperty("class") String kind,
      String explanation,
      boolean repaired,
      @JsonProperty("device_sn") String deviceSn,
      @JsonProperty("served_by") String servedBy,
      boolean urgent,
      @JsonProperty("accepted_at") String acceptedAt,
      String columns,
      String legacy,
      String stream) {}

  private DifferencesCsv() {}

  /** Writes differences of a run as RFC 4180, the values of both sides in the last columns. */
  public static void write(Differences differences, long run, DifferenceFilter filter, Writer out)
      throws IOException {
    try (SequenceWriter lines = CSV.writer(SCHEMA).writeValues(out)) {
      differences.forEach(run, filter, stored -> write(lines, stored));
    } catch (UncheckedIOException e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  private static void write(SequenceWriter lines, StoredDifference stored) {
    try {
      lines.write(line(stored));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Line line(StoredDifference stored) {
    Difference difference = stored.difference();
    return new Line(
        difference.table(),
        difference.id().toString(),
        difference.kind().name(),
        Objects.toString(stored.explanation(), ""),
        stored.repaired(),
        harmless(difference.deviceSn()),
        difference.servedBy().label(),
        difference.urgent(),
        AcceptanceStamp.instantOf(difference.stamp()).toString(),
        difference.columns(),
        values(difference, Difference.Field::legacy),
        values(difference, Difference.Field::stream));
  }

  private static String values(
      Difference difference, Function<Difference.Field, @Nullable String> side) {
    return difference.fields().stream()
        .map(
            field ->
                field.column()
                    + "="
                    + inside(Objects.requireNonNullElse(side.apply(field), "NULL")))
        .collect(Collectors.joining("; "));
  }

  /** A value after its column's name: it begins no cell, but a separator in it may. */
  static String inside(String value) {
    return harmless("x" + value).substring(1);
  }

  /** A value that may begin a cell. */
  public static String harmless(String text) {
    return FORMULA.matcher(Visible.of(text)).replaceAll("$1$2'");
  }
}
