package io.crossfade.router.operator;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Entry;
import io.crossfade.reconciler.report.DifferencesCsv;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Acts, one line each. Holds a page at a time. */
final class AuditCsv {

  private static final CsvMapper CSV = new CsvMapper();
  private static final CsvSchema SCHEMA = CSV.schemaFor(Line.class).withHeader();

  static {
    CSV.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
  }

  @JsonPropertyOrder({
    "id", "at", "actor", "action", "kind", "object", "detail", "reason", "receipt", "figures"
  })
  private record Line(
      long id,
      String at,
      String actor,
      String action,
      String kind,
      String object,
      String detail,
      String reason,
      String receipt,
      @JsonProperty("figures") String figures) {}

  private AuditCsv() {}

  /**
   * Writes acts as RFC 4180.
   *
   * @param first page of them
   * @param older those before an id; empty at the end
   */
  static void write(List<Entry> first, LongFunction<List<Entry>> older, Writer out)
      throws IOException {
    try (SequenceWriter lines = CSV.writer(SCHEMA).writeValues(out)) {
      for (List<Entry> page = first; !page.isEmpty(); page = older.apply(page.getLast().id())) {
        for (Entry entry : page) {
          lines.write(line(entry));
        }
      }
    }
  }

  private static Line line(Entry entry) {
    Act act = entry.act();
    return new Line(
        entry.id(),
        entry.at().toString(),
        cell(act.actor()),
        act.action().name(),
        cell(act.kind()),
        cell(act.object()),
        cell(act.detail()),
        cell(act.reason()),
        cell(act.receipt()),
        cell(act.figures()));
  }

  private static String cell(@Nullable String text) {
    return text == null ? "" : DifferencesCsv.harmless(text);
  }
}
