package io.crossfade.reconciler.tables;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import io.crossfade.reconciler.report.DifferencesCsv;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** RFC 4180: a line for each column that differs, and one for each row that is on one side only. */
final class CsvDiffReport implements DiffReport {

  private static final CsvMapper CSV = new CsvMapper();

  static {
    CSV.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
  }

  @JsonPropertyOrder({"table", "key", "difference", "column", "left", "right"})
  private record Line(
      String table,
      String key,
      @JsonProperty("difference") RowDifference.Sort sort,
      String column,
      String left,
      String right) {}

  private final SequenceWriter lines;

  CsvDiffReport(PrintWriter out) throws IOException {
    lines = CSV.writer(CSV.schemaFor(Line.class).withHeader()).writeValues(out);
  }

  @Override
  public void add(TableDiff diff, TableOutcome outcome, @Nullable RepairOutcome repair)
      throws IOException {
    diff.forEachDifference(
        one -> {
          if (one.columns().isEmpty()) {
            write(one, "", "", "");
          }
          for (TableDiff.Told.Value value : one.columns()) {
            write(
                one,
                value.column(),
                Objects.requireNonNullElse(value.left(), "NULL"),
                Objects.requireNonNullElse(value.right(), "NULL"));
          }
        });
  }

  private void write(TableDiff.Told one, String column, String left, String right) {
    try {
      lines.write(
          new Line(
              one.table(),
              DifferencesCsv.harmless(one.key()),
              one.sort(),
              DifferencesCsv.harmless(column),
              DifferencesCsv.harmless(left),
              DifferencesCsv.harmless(right)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void end() throws IOException {
    lines.close();
  }
}
