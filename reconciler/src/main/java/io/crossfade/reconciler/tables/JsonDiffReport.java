package io.crossfade.reconciler.tables;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.reconciler.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One object for programs, written as it comes. */
final class JsonDiffReport implements DiffReport {

  private static final ObjectMapper JSON =
      new ObjectMapper().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  private final JsonGenerator out;
  private final List<Verdict> verdicts = new ArrayList<>();

  JsonDiffReport(PrintWriter out) throws IOException {
    this.out = JSON.getFactory().createGenerator(out);
    this.out.useDefaultPrettyPrinter();
    this.out.writeStartObject();
    this.out.writeArrayFieldStart("tables");
  }

  @Override
  public void add(TableDiff diff, TableOutcome outcome, @Nullable RepairOutcome repair)
      throws IOException {
    verdicts.add(repair == null ? outcome.verdict() : repair.verdict(outcome));
    out.writeStartObject();
    out.writeStringField("table", outcome.table());
    out.writeStringField("verdict", outcome.verdict().name());
    out.writeNumberField("leftRows", outcome.leftRows());
    out.writeNumberField("rightRows", outcome.rightRows());
    out.writeNumberField("same", outcome.same());
    out.writeNumberField("late", outcome.late());
    out.writeNumberField("young", outcome.young());
    out.writeNumberField("seconds", outcome.took().toMillis() / 1e3);
    out.writePOJOField("differing", outcome.differences());
    out.writePOJOField("notices", outcome.notices());
    out.writePOJOField("rules", outcome.rules());
    out.writePOJOField("sameOnlyByRule", outcome.onlyByRule());
    out.writePOJOField("proof", outcome.proof());
    out.writeArrayFieldStart("differences");
    diff.forEachDifference(
        one -> {
          try {
            out.writePOJO(one);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    out.writeEndArray();
    if (repair != null) {
      out.writePOJOField("repair", repair);
      out.writeStringField("verdictAfterRepair", repair.verdict(outcome).name());
    }
    out.writeEndObject();
  }

  @Override
  public void end() throws IOException {
    out.writeEndArray();
    out.writeStringField("verdict", Objects.toString(Verdict.worst(verdicts)));
    out.writeEndObject();
    out.flush();
  }
}
