package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.crossfade.reconciler.report.DifferencesCsv;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command answers: a table or a sentence for people, JSON or CSV for programs. */
final class AnswerOptions {

  enum Format {
    TEXT,
    JSON,
    CSV
  }

  enum Colour {
    AUTO,
    ALWAYS,
    NEVER
  }

  private static final JsonMapper JSON = new JsonMapper();
  private static final CsvMapper CSV =
      CsvMapper.builder().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET).build();

  @Option(
      names = "--format",
      defaultValue = "TEXT",
      description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}")
  private Format format = Format.TEXT;

  @Option(
      names = {"--colour", "--color"},
      defaultValue = "AUTO",
      description = "${COMPLETION-CANDIDATES}; auto: where a person looks")
  private Colour colour = Colour.AUTO;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  boolean isText() {
    return format == Format.TEXT;
  }

  boolean isCsv() {
    return format == Format.CSV;
  }

  /** Where a command prints. */
  PrintWriter out() {
    return command.commandLine().getOut();
  }

  /** An empty answer, to be filled. */
  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** An empty list, to be filled. */
  static ArrayNode array() {
    return JSON.createArrayNode();
  }

  /**
   * Answers with a list.
   *
   * @param answer what JSON has: all of it
   * @param rows of it, what is listed
   * @param none what people read when there is nothing
   */
  void list(JsonNode answer, JsonNode rows, List<Column> columns, String none) {
    switch (format) {
      case JSON -> json(answer);
      case CSV -> csv(rows, columns);
      case TEXT -> {
        if (rows.isEmpty()) {
          out().println(none);
        } else {
          new TextTable(columns, rows).print(out(), coloured());
        }
      }
    }
    out().flush();
  }

  /**
   * Answers for what was done.
   *
   * @param answer for programs
   * @param sentences for people
   */
  void done(JsonNode answer, String... sentences) {
    switch (format) {
      case JSON -> json(answer);
      case CSV -> csv(array().add(answer), columns(answer));
      case TEXT -> {
        for (String sentence : sentences) {
          if (!sentence.isEmpty()) {
            out().println(sentence);
          }
        }
      }
    }
    out().flush();
  }

  /**
   * Tells people where it is kept who did it; programs have it in the answer.
   *
   * @param act its address; empty when it cannot be told
   */
  void onRecord(String act) {
    if (isText() && !act.isEmpty()) {
      out().println("on record: " + act);
      out().flush();
    }
  }

  /** A word that stands out, in a text. */
  void print(Screen.Style style, String text) {
    if (out() instanceof Screen screen && coloured()) {
      screen.print(style, text);
    } else {
      out().print(text);
    }
  }

  private boolean coloured() {
    return switch (colour) {
      case AUTO -> Screen.isWatched();
      case ALWAYS -> true;
      case NEVER -> false;
    };
  }

  private static List<Column> columns(JsonNode answer) {
    return answer.properties().stream()
        .filter(field -> field.getValue().isValueNode())
        .map(field -> Column.of(field.getKey()))
        .toList();
  }

  private void json(JsonNode answer) {
    try {
      out().println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree is always written", e);
    }
  }

  private void csv(JsonNode rows, List<Column> columns) {
    CsvSchema.Builder schema = CsvSchema.builder().setUseHeader(true);
    columns.forEach(column -> schema.addColumn(column.name()));
    try (var lines = CSV.writer(schema.build()).writeValues(out())) {
      for (JsonNode row : rows) {
        Map<String, String> line = new LinkedHashMap<>();
        columns.forEach(
            column -> line.put(column.name(), DifferencesCsv.harmless(column.text(row))));
        lines.write(line);
      }
      if (rows.isEmpty()) {
        out().println(String.join(",", columns.stream().map(Column::name).toList()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
