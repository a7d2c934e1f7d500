package io.crossfade.db.kind;

import io.crossfade.db.kind.TypeSpec.Bool;
import io.crossfade.db.kind.TypeSpec.Bytes;
import io.crossfade.db.kind.TypeSpec.Choice;
import io.crossfade.db.kind.TypeSpec.Date;
import io.crossfade.db.kind.TypeSpec.Decimal;
import io.crossfade.db.kind.TypeSpec.Instant;
import io.crossfade.db.kind.TypeSpec.Int;
import io.crossfade.db.kind.TypeSpec.Json;
import io.crossfade.db.kind.TypeSpec.Real;
import io.crossfade.db.kind.TypeSpec.Text;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the tables of one kind. */
final class TableParser {

  /** What every table has beside the columns of a file. */
  private static final Set<String> OURS = Set.of("id", "stamp", "route_reason", "written_at");

  /** What a table of rows without a key has besides. */
  private static final String POSITION = "position";

  /** Bytes of a row, as MySQL and MariaDB count them: texts in full, JSON as its place. */
  private static final int LONGEST_ROW = 65_535;

  private static final int OURS_BYTES = 16 + 8 + 25 + 8;

  private static final int MOST_KEYS = 10;

  /** Of a table, beside those that every one has. */
  private static final int MOST_COLUMNS = 60;

  /** Longer texts and bytes are kept beside their row. */
  private static final int LONGEST_IN_A_ROW = 1000;

  private static final int PLACE = 12;

  private final Fields fields;
  private final List<String> everywhere;
  private final List<String> wrappers;
  private final ZoneId zone;

  /**
   * @param fields of the record
   * @param everywhere names of those that every table has a column of
   * @param wrappers names under which items are looked for
   */
  TableParser(Fields fields, List<String> everywhere, List<String> wrappers, ZoneId zone) {
    this.fields = fields;
    this.everywhere = everywhere;
    this.wrappers = wrappers;
    this.zone = zone;
  }

  /** The one table of a kind that names none. */
  TableSpec whole(YamlPart kind, String name) {
    Map<String, String> columns = same(fields.names());
    check(kind, columns, null);
    return new TableSpec(name, Keep.FIRST, columns, null);
  }

  /**
   * A table by its name alone, or with what else is said of it; {@code null} when there is a
   * mistake in it, which is noted.
   */
  @Nullable TableSpec read(YamlPart part, boolean first) {
    if (!part.isMap()) {
      String name = part.text();
      return name == null || !isName(part, name) ? null : whole(part, name);
    }
    Map<String, YamlPart> said = part.keys(List.of("name", "keep", "columns", "rows"));
    YamlPart namePart = said.get("name");
    if (namePart == null) {
      part.mistake("has no name");
    }
    String name = namePart == null ? null : namePart.text();
    boolean named = namePart != null && name != null && isName(namePart, name);
    Keep keep = keep(said.get("keep"));
    YamlPart rowsPart = said.get("rows");
    if (rowsPart != null && first) {
      rowsPart.keyMistake(
          "is not for the first table, which has a row per record; name that one before it");
    }
    Rows rows = rowsPart == null ? null : rows(rowsPart);
    Map<String, String> columns = columns(said.get("columns"), rows == null ? null : rows.fields());
    check(part, columns, rows == null ? null : rows.fields());
    RowsSpec spec = rows == null ? null : rows.spec();
    if (spec != null && spec.key().isEmpty() && hasPosition(columns)) {
      part.mistake(
          "the column 'position' is that of a row's place, since the rows have no key; name a key,"
              + " or another column");
    }
    boolean whole = named && keep != null && (rowsPart == null || spec != null);
    return whole && name != null && keep != null ? new TableSpec(name, keep, columns, spec) : null;
  }

  private static boolean hasPosition(Map<String, String> columns) {
    return columns.values().stream().anyMatch(POSITION::equalsIgnoreCase);
  }

  private static boolean isName(YamlPart part, String name) {
    if (Fields.IDENTIFIER.matcher(name).matches()) {
      return true;
    }
    part.mistake(Mistakes.quote(name) + " is no name of a table; " + Fields.IDENTIFIERS);
    return false;
  }

  private static @Nullable Keep keep(@Nullable YamlPart part) {
    if (part == null) {
      return Keep.FIRST;
    }
    return switch (part.text()) {
      case "first" -> Keep.FIRST;
      case "latest" -> Keep.LATEST;
      case null -> null;
      default -> {
        part.mistake("should be first or latest");
        yield null;
      }
    };
  }

  /** What was read of rows; {@code spec} is {@code null} where there is a mistake in it. */
  private record Rows(@Nullable Fields fields, @Nullable RowsSpec spec) {}

  private @Nullable Rows rows(YamlPart part) {
    Map<String, YamlPart> said = part.keys(List.of("from", "key", "fields"));
    if (!part.isMap()) {
      return null;
    }
    YamlPart from = said.get("from");
    YamlPart fieldsPart = said.get("fields");
    if (from == null) {
      part.mistake("has no from: where in a record the list stands");
    }
    if (fieldsPart == null) {
      part.mistake("has no fields");
    }
    List<FieldPath> paths = from == null ? null : Fields.paths(from);
    if (from != null && paths != null) {
      Fields.notUnder(from, paths, wrappers);
    }
    Fields own = fieldsPart == null ? null : Fields.read(fieldsPart, zone);
    if (own == null) {
      return new Rows(null, null);
    }
    for (String name : own.names()) {
      for (String above : everywhere) {
        if (above.equalsIgnoreCase(name) && fieldsPart != null) {
          fieldsPart.mistake(
              "a row has the record's %s besides; give its own another name"
                  .formatted(Mistakes.quote(above)));
        }
      }
    }
    List<String> key = new ArrayList<>();
    YamlPart keyPart = said.get("key");
    if (keyPart != null) {
      for (YamlPart element : keyPart.oneOrMore(MOST_KEYS)) {
        String name = element.text();
        FieldSpec field = name == null ? null : own.find(element, name);
        if (field != null && identifies(element, field, "the key of a row")) {
          addOnce(element, key, field.name());
          own.always(field.name(), "in the key of a row");
        }
      }
    }
    return new Rows(own, paths == null ? null : new RowsSpec(paths, key, own.specs()));
  }

  static void addOnce(YamlPart part, List<String> names, String name) {
    if (names.contains(name)) {
      part.mistake(Mistakes.quote(name) + " stands twice");
    } else {
      names.add(name);
    }
  }

  /** Whether a field can tell records apart; when not, this is noted. */
  static boolean identifies(YamlPart part, FieldSpec field, String of) {
    String no =
        switch (field.type()) {
          case Json json -> "json, and the same value has many forms";
          case Real real -> "double, and no two of those are surely equal; make it a decimal";
          case Text text -> null;
          case Int whole -> null;
          case Decimal decimal -> null;
          case Bool bool -> null;
          case Instant instant ->
              instant.zone().getRules().isFixedOffset()
                  ? null
                  : "in a zone that puts clocks back, where two moments have one local time; make"
                      + " it UTC";
          case Date date -> null;
          case Bytes bytes -> null;
          case Choice choice -> null;
        };
    if (no == null && field.rounded()) {
      no = "rounded, and could become another's";
    }
    if (no != null) {
      part.mistake("%s cannot be in %s: it is %s".formatted(field.name(), of, no));
    }
    return no == null;
  }

  private static Map<String, String> same(Iterable<String> names) {
    Map<String, String> columns = new LinkedHashMap<>();
    names.forEach(name -> columns.put(name, name));
    return columns;
  }

  /** Columns by their fields; those that a table of rows needs besides come first. */
  private Map<String, String> columns(@Nullable YamlPart part, @Nullable Fields own) {
    if (part == null) {
      return own == null ? same(fields.names()) : withEverywhere(same(own.names()));
    }
    Map<String, String> columns = new LinkedHashMap<>();
    if (part.isMap()) {
      part.entries().forEach((name, column) -> column(column, name, column.text(), own, columns));
    } else {
      for (YamlPart element : part.elements(MOST_COLUMNS)) {
        if (element.isMap()) {
          element
              .entries()
              .forEach((name, column) -> column(column, name, column.text(), own, columns));
        } else {
          String name = element.text();
          column(element, name, name, own, columns);
        }
      }
    }
    if (own != null) {
      return withEverywhere(columns);
    }
    for (String needed : everywhere) {
      if (fields.has(needed) && !columns.containsKey(needed)) {
        part.keyMistake(
            "lacks %s: every table has the fields of identity, time and cohort"
                .formatted(Mistakes.quote(needed)));
      }
    }
    return columns;
  }

  private void column(
      YamlPart part,
      @Nullable String name,
      @Nullable String column,
      @Nullable Fields own,
      Map<String, String> columns) {
    if (name == null || column == null) {
      return;
    }
    boolean known = (own != null && own.has(name)) || fields.has(name);
    if (!known) {
      List<String> names = new ArrayList<>(own == null ? List.of() : own.names());
      names.addAll(fields.names());
      part.mistake(
          "there is no field %s; fields are %s%s"
              .formatted(
                  Mistakes.quote(name),
                  Mistakes.some(names.stream()),
                  Mistakes.meant(name, names)));
    } else if (!Fields.IDENTIFIER.matcher(column).matches()) {
      part.mistake(Mistakes.quote(column) + " is no name of a column; " + Fields.IDENTIFIERS);
    } else if (columns.putIfAbsent(name, column) != null) {
      part.mistake(Mistakes.quote(name) + " stands twice");
    }
  }

  private Map<String, String> withEverywhere(Map<String, String> columns) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String name : everywhere) {
      if (fields.has(name) && !columns.containsKey(name)) {
        all.put(name, name);
      }
    }
    all.putAll(columns);
    return all;
  }

  private void check(YamlPart part, Map<String, String> columns, @Nullable Fields own) {
    Map<String, String> taken = new HashMap<>();
    long bytes = OURS_BYTES;
    for (Map.Entry<String, String> column : columns.entrySet()) {
      String name = Fields.folded(column.getValue());
      if (OURS.contains(name)) {
        part.mistake(
            "the column %s is ours; give the field another, as in 'columns: {%s: its_%s}'"
                .formatted(Mistakes.quote(column.getValue()), column.getKey(), name));
      }
      String before = taken.putIfAbsent(name, column.getKey());
      if (before != null) {
        part.mistake(
            "the column %s is that of %s and of %s"
                .formatted(Mistakes.quote(column.getValue()), before, column.getKey()));
      }
      FieldSpec field =
          own != null && own.has(column.getKey())
              ? own.spec(column.getKey())
              : fields.spec(column.getKey());
      bytes += field == null ? 0 : bytes(field.type());
    }
    if (bytes > LONGEST_ROW) {
      part.mistake(
          "a row may take %,d bytes, 4 for each character of a text; databases take %,d. Shorten"
                  .formatted(bytes, LONGEST_ROW)
              + " texts, or give them more than %d characters: those are kept beside the row"
                  .formatted(LONGEST_IN_A_ROW));
    }
    if (columns.size() > MOST_COLUMNS) {
      part.mistake("has %d columns; at most %d".formatted(columns.size(), MOST_COLUMNS));
    }
  }

  /** What a column takes of its row at most. */
  private static int bytes(TypeSpec type) {
    return 1
        + switch (type) {
          case Text text -> text.length() <= LONGEST_IN_A_ROW ? text.length() * 4 + 2 : PLACE;
          case Choice choice -> choice.length() * 4 + 2;
          case Bytes some -> some.length() <= LONGEST_IN_A_ROW ? some.length() + 2 : PLACE;
          case Int whole -> Long.BYTES;
          case Real real -> Double.BYTES;
          case Decimal decimal -> 9;
          case Bool bool -> 1;
          case Instant instant -> 8;
          case Date date -> 3;
          case Json json -> PLACE;
        };
  }
}
