package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.tables.YamlPart.PairsFileException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Pairs of tables, and how they are compared, from a YAML file. */
public final class PairsFile {

  private static final int MOST_DIGITS = 65;
  private static final Pattern AGE = Pattern.compile("(\\d{1,9})(ms|[smhd])");

  private final Map<String, String> environment;

  /**
   * @param environment where passwords are
   */
  public PairsFile(Map<String, String> environment) {
    this.environment = environment;
  }

  /** What one entry says of tables. */
  private record Entry(
      String table,
      @Nullable String right,
      @Nullable String leftWhere,
      @Nullable String rightWhere,
      PairRules rules,
      @Nullable RowWindow window) {

    boolean isPattern() {
      return TableNames.isPattern(table);
    }

    TableNames.Pair named() {
      return new TableNames.Pair(table, right == null ? table : right);
    }
  }

  /**
   * Reads a file, and asks both schemas which tables its patterns mean. A table that is named is
   * not meant by a pattern besides, and of two patterns the first has it.
   *
   * @throws PairsFileException when something in it cannot be meant; the message names line, key
   *     and what is allowed
   */
  public List<PairSpec> read(Path file) throws IOException, SQLException {
    YamlPart root = YamlPart.of(file.getFileName().toString(), Files.readString(file));
    root.only("left", "right", "tables");
    Endpoint left = endpoint(root.required("left"));
    Endpoint right = endpoint(root.required("right"));
    List<Entry> entries = new ArrayList<>();
    for (YamlPart part : root.required("tables").elements()) {
      entries.add(entry(part));
    }
    List<TableNames.Pair> taken = new ArrayList<>();
    entries.stream().filter(entry -> !entry.isPattern()).map(Entry::named).forEach(taken::add);
    List<PairSpec> pairs = new ArrayList<>();
    for (Entry entry : entries) {
      List<TableNames.Pair> meant =
          entry.isPattern()
              ? TableNames.matching(left, right, entry.table(), taken)
              : List.of(entry.named());
      taken.addAll(meant);
      for (TableNames.Pair names : meant) {
        pairs.add(
            new PairSpec(
                left,
                right,
                names.left(),
                names.right(),
                entry.leftWhere(),
                entry.rightWhere(),
                entry.rules(),
                entry.window()));
      }
    }
    return pairs;
  }

  private Endpoint endpoint(YamlPart part) {
    part.only("url", "user", "password-env", "password-file");
    String password = null;
    YamlPart variable = part.get("password-env");
    if (variable != null) {
      password = environment.get(variable.text());
      if (password == null) {
        throw variable.mistake("there is no environment variable " + variable.text());
      }
    }
    YamlPart secret = part.get("password-file");
    if (secret != null) {
      try {
        password = Files.readString(Path.of(secret.text())).strip();
      } catch (IOException e) {
        throw secret.mistake("cannot be read: " + e);
      }
    }
    YamlPart url = part.required("url");
    YamlPart user = part.get("user");
    try {
      return new Endpoint(url.text(), user == null ? null : user.text(), password);
    } catch (IllegalArgumentException e) {
      throw url.mistake(String.valueOf(e.getMessage()));
    }
  }

  private static Entry entry(YamlPart part) {
    part.only(
        "table", "right", "where", "left-where", "right-where", "window", "ignore", "columns");
    YamlPart where = part.get("where");
    YamlPart leftWhere = part.get("left-where");
    YamlPart rightWhere = part.get("right-where");
    if (where != null && (leftWhere != null || rightWhere != null)) {
      throw where.mistake("stands beside left-where or right-where; write one or the others");
    }
    YamlPart table = part.required("table");
    YamlPart right = part.get("right");
    if (right != null && TableNames.isPattern(table.text())) {
      throw right.mistake("is for one table; name it in full, not as " + table.text());
    }
    List<String> ignored = new ArrayList<>();
    YamlPart ignore = part.get("ignore");
    if (ignore != null) {
      ignore.elements().forEach(column -> ignored.add(column.text()));
    }
    Map<String, String> renamed = new LinkedHashMap<>();
    Map<String, ColumnRule> forms = new LinkedHashMap<>();
    YamlPart columns = part.get("columns");
    if (columns != null) {
      Set<String> named = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      columns
          .entries()
          .forEach(
              (column, rule) -> {
                if (!named.add(column)) {
                  throw rule.mistake("stands twice: upper and lower case are one to a server");
                }
                column(column, rule, renamed, forms);
              });
    }
    return new Entry(
        table.text(),
        text(right),
        text(leftWhere == null ? where : leftWhere),
        text(rightWhere == null ? where : rightWhere),
        new PairRules(List.copyOf(ignored), renamed, forms),
        window(part.get("window")));
  }

  private static @Nullable RowWindow window(@Nullable YamlPart part) {
    if (part == null) {
      return null;
    }
    part.only("column", "from", "to", "settle");
    String from = text(part.get("from"));
    String to = text(part.get("to"));
    YamlPart settle = part.get("settle");
    Duration age = settle == null ? Duration.ZERO : age(settle);
    if (from == null && to == null && age.isZero()) {
      throw part.mistake("needs from, to or settle");
    }
    return new RowWindow(part.required("column").text(), from, to, age);
  }

  private static Duration age(YamlPart part) {
    Matcher age = AGE.matcher(part.text());
    if (!age.matches()) {
      throw part.mistake("is no time; write such as 30s, 10m or 1h");
    }
    long count = Long.parseLong(age.group(1));
    return switch (age.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private static @Nullable String text(@Nullable YamlPart part) {
    return part == null ? null : part.text();
  }

  private static void column(
      String column, YamlPart part, Map<String, String> renamed, Map<String, ColumnRule> forms) {
    part.only(
        "right", "scale", "tolerance", "json", "trimmed", "any-case", "left-zone", "right-zone");
    YamlPart right = part.get("right");
    if (right != null) {
      renamed.put(column, right.text());
    }
    List<ColumnRule> rules = new ArrayList<>();
    YamlPart scale = part.get("scale");
    if (scale != null) {
      rules.add(new ColumnRule.Scale(scale.number(0, MOST_DIGITS)));
    }
    YamlPart tolerance = part.get("tolerance");
    if (tolerance != null) {
      rules.add(new ColumnRule.Tolerance(distance(tolerance)));
    }
    if (isTrue(part.get("json"))) {
      rules.add(new ColumnRule.Json());
    }
    boolean trimmed = isTrue(part.get("trimmed"));
    boolean anyCase = isTrue(part.get("any-case"));
    if (trimmed || anyCase) {
      rules.add(new ColumnRule.Text(trimmed, anyCase));
    }
    YamlPart leftZone = part.get("left-zone");
    YamlPart rightZone = part.get("right-zone");
    if (leftZone != null || rightZone != null) {
      rules.add(new ColumnRule.TimeZone(zone(leftZone), zone(rightZone)));
    }
    if (rules.size() > 1) {
      throw part.mistake(
          "has several rules; a column is compared by one: scale, tolerance, json, text (trimmed,"
              + " any-case) or zones");
    }
    rules.forEach(rule -> forms.put(column, rule));
  }

  private static boolean isTrue(@Nullable YamlPart part) {
    return part != null && part.isTrue();
  }

  private static BigDecimal distance(YamlPart part) {
    try {
      BigDecimal distance = new BigDecimal(part.text());
      if (distance.signum() >= 0) {
        return distance;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw part.mistake("is no distance; write a number of 0 or more, such as 0.01");
  }

  private static ZoneId zone(@Nullable YamlPart part) {
    if (part == null) {
      return ZoneId.of("UTC");
    }
    try {
      return ZoneId.of(part.text());
    } catch (DateTimeException e) {
      throw part.mistake("is no time zone; write one such as Europe/Berlin, +02:00 or UTC");
    }
  }
}
