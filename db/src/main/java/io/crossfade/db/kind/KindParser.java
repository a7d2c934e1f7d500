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
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one kind of a file. */
final class KindParser {

  private static final List<String> KEYS =
      List.of(
          "name",
          "code",
          "endpoint",
          "wrapped-in",
          "zone",
          "fields",
          "identity",
          "identity-with-time",
          "time",
          "cohort",
          "tenant",
          "priority",
          "queue",
          "tables");

  private static final List<String> REQUIRED =
      List.of("name", "code", "fields", "identity", "cohort");

  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,15}");

  private static final Pattern ENDPOINT = Pattern.compile("(?:/[A-Za-z0-9_-]{1,64}){1,4}");
  private static final Pattern WAIT = Pattern.compile("(\\d{1,6})(ms|s|m)");

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final int MOST_CAPACITY = 1_000_000;
  private static final int MOST_BATCH = 1000;
  private static final int MOST_WRITERS = 64;
  private static final int MOST_NAMES = 10;
  private static final int MOST_TABLES = 16;
  private static final int MOST_PRIORITIES = 100;
  private static final int LONGEST_WRAPPER = 64;

  private final YamlPart part;
  private final Map<String, YamlPart> said;
  private final Taken taken;

  KindParser(YamlPart part, Taken taken) {
    this.part = part;
    this.said = part.keys(KEYS);
    this.taken = taken;
  }

  /** The kind; {@code null} when there is a mistake in it, which is noted. */
  @Nullable KindSpec read() {
    if (!part.isMap()) {
      return null;
    }
    for (String key : REQUIRED) {
      if (!said.containsKey(key)) {
        part.mistake("has no " + key);
      }
    }
    String name = name();
    Integer code = code();
    String endpoint = endpoint(name);
    List<String> wrappedIn = wrappedIn();
    ZoneId zone = zone();
    YamlPart fieldsPart = said.get("fields");
    Fields fields = fieldsPart == null ? null : Fields.read(fieldsPart, zone);
    QueueSpec queue = queue();
    if (fields == null) {
      return null;
    }
    fields.notUnder(wrappedIn);
    String time = time(fields);
    Identity identity = identity(fields, time);
    String cohort = cohort(fields);
    String tenant = tenant(fields);
    Priority priority = priority(fields);
    List<String> everywhere = new ArrayList<>(identity.names());
    for (String more : new @Nullable String[] {time, cohort}) {
      if (more != null && !everywhere.contains(more)) {
        everywhere.add(more);
      }
    }
    TableParser parser = new TableParser(fields, everywhere, wrappedIn, zone);
    List<TableSpec> tables = tables(name, parser, identity);
    if (name == null || code == null || endpoint == null || cohort == null || queue == null) {
      return null;
    }
    return new KindSpec(
        name,
        code,
        endpoint,
        wrappedIn,
        fields.specs(),
        identity.names(),
        identity.withTime(),
        time,
        cohort,
        tenant,
        priority,
        queue,
        tables);
  }

  private @Nullable String name() {
    YamlPart at = said.get("name");
    String name = at == null ? null : at.text();
    if (at == null || name == null) {
      return null;
    }
    if (!NAME.matcher(name).matches()) {
      at.mistake(
          Mistakes.quote(name)
              + " is no name of a kind; small letters, digits and _, a letter first, 16 at most");
      return null;
    }
    return taken.kind(at, name) ? name : null;
  }

  private @Nullable Integer code() {
    YamlPart at = said.get("code");
    Integer code = at == null ? null : at.whole(KindSpec.FIRST_CODE, KindSpec.LAST_CODE);
    return at == null || code == null || !taken.code(at, code) ? null : code;
  }

  private @Nullable String endpoint(@Nullable String name) {
    YamlPart at = said.get("endpoint");
    if (at == null) {
      return name == null || !taken.endpoint(part, "/upload_" + name) ? null : "/upload_" + name;
    }
    String path = at.text();
    if (path == null) {
      return null;
    }
    if (!ENDPOINT.matcher(path).matches()) {
      at.mistake(
          Mistakes.quote(path)
              + " is no path; 1 to 4 parts of letters, digits, _ and -, each behind a /, as in"
              + " /upload_orders");
      return null;
    }
    return taken.endpoint(at, path) ? path : null;
  }

  private List<String> wrappedIn() {
    YamlPart at = said.get("wrapped-in");
    if (at == null) {
      return List.of("data");
    }
    if (at.isEmptyList()) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (YamlPart element : at.oneOrMore(MOST_NAMES)) {
      String name = element.text();
      if (name != null && name.length() > LONGEST_WRAPPER) {
        element.mistake("is longer than %d characters".formatted(LONGEST_WRAPPER));
      } else if (name != null) {
        TableParser.addOnce(element, names, name);
      }
    }
    return names;
  }

  private ZoneId zone() {
    YamlPart at = said.get("zone");
    ZoneId zone = at == null ? null : TypeParser.zone(at);
    return zone == null ? ZoneOffset.UTC : zone;
  }

  private @Nullable String time(Fields fields) {
    YamlPart at = said.get("time");
    String name = at == null ? null : at.text();
    if (at == null || name == null || !fields.has(at, name)) {
      return null;
    }
    FieldSpec field = fields.spec(name);
    if (field != null && !(field.type() instanceof Instant)) {
      at.mistake("%s should be an instant".formatted(Mistakes.quote(name)));
      return null;
    }
    return name;
  }

  /** What tells records apart. */
  private record Identity(List<String> names, boolean withTime) {}

  private Identity identity(Fields fields, @Nullable String time) {
    List<String> names = new ArrayList<>();
    YamlPart at = said.get("identity");
    boolean listed = false;
    if (at != null) {
      for (YamlPart element : at.oneOrMore(MOST_NAMES)) {
        String name = element.text();
        if (name == null || !fields.has(element, name)) {
          continue;
        }
        if (name.equals(time)) {
          listed = true;
          continue;
        }
        FieldSpec field = fields.spec(name);
        if (field == null || TableParser.identifies(element, field, "the identity")) {
          TableParser.addOnce(element, names, name);
          fields.always(name, "in the identity");
        }
      }
      if (listed && names.isEmpty()) {
        at.mistake("is the time alone; name what tells two records of one second apart");
      }
    }
    YamlPart with = said.get("identity-with-time");
    Boolean isWith = with == null ? null : with.isTrue();
    if (with != null && Boolean.TRUE.equals(isWith) && !said.containsKey("time")) {
      with.mistake("is true, but the kind has no time");
    }
    if (with != null && listed && Boolean.FALSE.equals(isWith)) {
      with.mistake("is false, but the identity names the time");
    }
    if (time == null || Boolean.FALSE.equals(isWith)) {
      return new Identity(names, /* withTime= */ false);
    }
    fields.always(time, "a part of the identity");
    return new Identity(names, /* withTime= */ true);
  }

  private @Nullable String cohort(Fields fields) {
    YamlPart at = said.get("cohort");
    String name = at == null ? null : at.text();
    if (at == null || name == null || !fields.has(at, name)) {
      return null;
    }
    FieldSpec field = fields.spec(name);
    if (field != null) {
      if (!(field.type() instanceof Text || field.type() instanceof Int)) {
        at.mistake("%s should be a text or an integer".formatted(Mistakes.quote(name)));
        return null;
      }
      if (field.rounded()) {
        at.mistake("%s is rounded, and could become another's".formatted(Mistakes.quote(name)));
      }
    }
    fields.always(name, "the cohort");
    return name;
  }

  private @Nullable String tenant(Fields fields) {
    YamlPart at = said.get("tenant");
    String name = at == null ? null : at.text();
    if (at == null || name == null || !fields.has(at, name)) {
      return null;
    }
    FieldSpec field = fields.spec(name);
    if (field != null && !(field.type() instanceof Int)) {
      at.mistake("%s should be an integer".formatted(Mistakes.quote(name)));
    } else if (field != null && field.rounded()) {
      at.mistake("%s is rounded, and could become another's".formatted(Mistakes.quote(name)));
    }
    return name;
  }

  private @Nullable Priority priority(Fields fields) {
    YamlPart at = said.get("priority");
    if (at == null) {
      return null;
    }
    Map<String, YamlPart> own = at.keys(List.of("field", "values"));
    YamlPart fieldPart = own.get("field");
    YamlPart valuesPart = own.get("values");
    if (at.isMap() && (fieldPart == null || valuesPart == null)) {
      at.mistake("has no %s".formatted(fieldPart == null ? "field" : "values"));
    }
    String name = fieldPart == null ? null : fieldPart.text();
    FieldSpec field = fieldPart == null || name == null ? null : fields.find(fieldPart, name);
    if (fieldPart == null || valuesPart == null || field == null) {
      return null;
    }
    boolean can =
        switch (field.type()) {
          case Text text -> true;
          case Choice choice -> true;
          case Int whole -> true;
          case Bool bool -> true;
          case Decimal decimal -> false;
          case Real real -> false;
          case Instant instant -> false;
          case Date date -> false;
          case Json json -> false;
          case Bytes bytes -> false;
        };
    if (!can) {
      fieldPart.mistake(
          "%s should be a text, a choice, an integer or a boolean"
              .formatted(Mistakes.quote(field.name())));
      return null;
    }
    List<Object> values = new ArrayList<>();
    for (YamlPart element : valuesPart.oneOrMore(MOST_PRIORITIES)) {
      Object value = TypedValue.read(element, field.type());
      if (value != null) {
        values.add(value);
      }
    }
    return values.isEmpty() ? null : new Priority(field.name(), values);
  }

  private @Nullable QueueSpec queue() {
    YamlPart at = said.get("queue");
    QueueSpec otherwise = QueueSpec.DEFAULT;
    if (at == null) {
      return otherwise;
    }
    Map<String, YamlPart> own = at.keys(List.of("capacity", "batch", "writers", "flush-after"));
    Integer capacity = size(own.get("capacity"), MOST_CAPACITY, otherwise.capacity());
    Integer batch = size(own.get("batch"), MOST_BATCH, otherwise.batch());
    Integer writers = size(own.get("writers"), MOST_WRITERS, otherwise.writers());
    YamlPart wait = own.get("flush-after");
    Duration flushAfter = wait == null ? otherwise.flushAfter() : wait(wait);
    if (capacity == null || batch == null || writers == null || flushAfter == null) {
      return null;
    }
    if (batch > capacity) {
      own.getOrDefault("batch", at).mistake("is more than the capacity of %d".formatted(capacity));
    }
    return new QueueSpec(capacity, batch, writers, flushAfter);
  }

  private static @Nullable Integer size(@Nullable YamlPart at, int most, int otherwise) {
    return at == null ? (Integer) otherwise : at.whole(1, most);
  }

  private static @Nullable Duration wait(YamlPart at) {
    String text = at.text();
    if (text == null) {
      return null;
    }
    Matcher wait = WAIT.matcher(text.toLowerCase(Locale.ROOT));
    if (wait.matches()) {
      long number = Long.parseLong(wait.group(1));
      Duration duration =
          switch (wait.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
          };
      if (duration.isPositive() && duration.compareTo(LONGEST_WAIT) <= 0) {
        return duration;
      }
    }
    at.mistake("should be 1ms to 1m, such as 500ms or 2s");
    return null;
  }

  private List<TableSpec> tables(@Nullable String name, TableParser parser, Identity identity) {
    List<TableSpec> tables = new ArrayList<>();
    YamlPart at = said.get("tables");
    if (at == null) {
      if (name != null && taken.table(part, name)) {
        tables.add(parser.whole(part, name));
      }
      return tables;
    }
    boolean first = true;
    for (YamlPart element : at.isMap() ? List.of(at) : at.oneOrMore(MOST_TABLES)) {
      TableSpec table = parser.read(element, first);
      if (table != null && taken.table(element, table.name())) {
        if (first && identity.withTime() && table.keep() == Keep.LATEST) {
          element.mistake(
              "the first table has a row per record, and the time tells records apart: keep the"
                  + " first, or set identity-with-time: false");
        }
        tables.add(table);
      }
      first = false;
    }
    return tables;
  }
}
