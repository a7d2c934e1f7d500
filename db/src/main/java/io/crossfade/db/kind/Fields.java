package io.crossfade.db.kind;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a record or of a row while they are read: what else a file says makes some of them
 * required.
 */
final class Fields {

  /** Of fields, columns and tables. */
  static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

  static final String IDENTIFIERS = "letters, digits and _, no digit first, 64 at most";

  private static final int MOST = 150;
  private static final int MOST_PATHS = 20;
  private static final int LONGEST_PATH = 500;

  /** What a long form may say, whatever the type. */
  private static final List<String> KEYS = List.of("name", "type", "from", "required", "default");

  private static final List<String> KEYS_AND_OPTIONS = keysAndOptions();

  /** One field; {@code spec} is {@code null} where there is a mistake in it. */
  private record Draft(
      YamlPart part, @Nullable FieldSpec spec, @Nullable YamlPart required, boolean optional) {}

  private final Map<String, Draft> drafts = new LinkedHashMap<>();
  private final Set<String> needed = new HashSet<>();
  private final ZoneId zone;

  private Fields(ZoneId zone) {
    this.zone = zone;
  }

  private static List<String> keysAndOptions() {
    List<String> keys = new ArrayList<>(KEYS);
    keys.addAll(TypeParser.optionNames());
    return List.copyOf(keys);
  }

  /**
   * Reads a list of fields, or a map of names and types.
   *
   * @param zone of instants that say none
   */
  static Fields read(YamlPart part, ZoneId zone) {
    Fields fields = new Fields(zone);
    if (part.isMap()) {
      Map<String, YamlPart> entries = part.entries();
      if (entries.isEmpty() || entries.size() > MOST) {
        part.mistake("should have 1 to %d fields".formatted(MOST));
      } else {
        entries.forEach(fields::addShort);
      }
    } else {
      part.elements(MOST).forEach(fields::add);
    }
    return fields;
  }

  private void add(YamlPart element) {
    if (!element.isMap()) {
      element.mistake("should be a field, as in '- total: decimal(12,2)'");
      return;
    }
    if (element.size() == 1) {
      element.entries().forEach(this::addShort);
      return;
    }
    Map<String, YamlPart> said = element.keys(KEYS_AND_OPTIONS);
    YamlPart name = said.get("name");
    if (name == null) {
      element.mistake("has no name; a field is '- total: decimal(12,2)' or has name and type");
      return;
    }
    String text = name.text();
    if (text != null) {
      addLong(name, text, element, said);
    }
  }

  /** {@code total: decimal(12,2)}, or {@code total:} with a map of what else is said. */
  private void addShort(String name, YamlPart type) {
    if (!type.isMap()) {
      draft(type, name, Map.of(), new TypeParser(type, Map.of(), zone).read());
      return;
    }
    List<String> allowed = KEYS_AND_OPTIONS.subList(1, KEYS_AND_OPTIONS.size());
    addLong(type, name, type, type.keys(allowed));
  }

  private void addLong(YamlPart at, String name, YamlPart field, Map<String, YamlPart> said) {
    YamlPart type = said.get("type");
    YamlPart values = said.get("values");
    if (type != null) {
      draft(at, name, said, new TypeParser(type, said, zone).read());
    } else if (values != null) {
      // What may be sent says that it is a choice.
      draft(at, name, said, new TypeParser(values, said, zone).readChoice());
    } else {
      field.mistake("has no type");
      declare(at, name, new Draft(at, null, null, false));
    }
  }

  private void draft(
      YamlPart at, String name, Map<String, YamlPart> said, @Nullable TypeSpec type) {
    YamlPart required = said.get("required");
    Boolean isRequired = required == null ? null : required.isTrue();
    List<FieldPath> from = paths(said.get("from"), name);
    BigDecimal times = times(said.get("times"));
    YamlPart round = said.get("round");
    Boolean rounded = round == null ? Boolean.FALSE : round.isTrue();
    YamlPart otherwise = said.get("default");
    Object value = otherwise == null || type == null ? null : TypedValue.read(otherwise, type);
    if (otherwise != null && Boolean.TRUE.equals(isRequired)) {
      otherwise.keyMistake("stands beside required; a field with a default always has a value");
    }
    FieldSpec spec = null;
    if (type != null
        && from != null
        && rounded != null
        && (said.get("times") == null || times != null)
        && (otherwise == null || value != null)) {
      spec =
          new FieldSpec(name, type, from, Boolean.TRUE.equals(isRequired), value, times, rounded);
    }
    declare(at, name, new Draft(at, spec, required, Boolean.FALSE.equals(isRequired)));
  }

  private void declare(YamlPart at, String name, Draft draft) {
    if (!IDENTIFIER.matcher(name).matches()) {
      at.keyMistake(Mistakes.quote(name) + " is no name of a field; " + IDENTIFIERS);
    }
    for (String other : drafts.keySet()) {
      if (other.equalsIgnoreCase(name)) {
        at.keyMistake(
            "there is a field %s already; names of columns differ by more than case"
                .formatted(Mistakes.quote(other)));
        return;
      }
    }
    drafts.put(name, draft);
  }

  private static @Nullable BigDecimal times(@Nullable YamlPart part) {
    BigDecimal times = part == null ? null : part.number();
    if (part != null && times != null && times.signum() == 0) {
      part.mistake("makes 0 of every number");
      return null;
    }
    return times;
  }

  /** Where a value stands; under the field's own name when nothing is said. */
  private static @Nullable List<FieldPath> paths(@Nullable YamlPart part, String name) {
    if (part == null) {
      return List.of(new FieldPath(List.of(name.isEmpty() ? "?" : name)));
    }
    return paths(part);
  }

  /** Paths; {@code null} when one of them is none, which is noted. */
  static @Nullable List<FieldPath> paths(YamlPart part) {
    List<FieldPath> paths = new ArrayList<>();
    List<YamlPart> elements = part.oneOrMore(MOST_PATHS);
    for (YamlPart element : elements) {
      String text = element.text();
      if (text == null) {
        continue;
      }
      if (text.length() > LONGEST_PATH) {
        element.mistake("is longer than %d characters".formatted(LONGEST_PATH));
        continue;
      }
      try {
        FieldPath path = FieldPath.parse(text);
        if (paths.contains(path)) {
          element.mistake(Mistakes.quote(text) + " stands twice");
        } else {
          paths.add(path);
        }
      } catch (IllegalArgumentException e) {
        element.mistake(
            "%s %s; write one such as customer.address.city"
                .formatted(Mistakes.quote(text), e.getMessage()));
      }
    }
    return paths.isEmpty() || paths.size() < elements.size() ? null : paths;
  }

  /** Notes paths into what wraps items: they are never looked for in there. */
  void notUnder(List<String> wrappers) {
    for (Draft draft : drafts.values()) {
      if (draft.spec() != null) {
        notUnder(draft.part(), draft.spec().from(), wrappers);
      }
    }
  }

  /** The same, of paths elsewhere. */
  static void notUnder(YamlPart part, List<FieldPath> paths, List<String> wrappers) {
    for (FieldPath path : paths) {
      if (!path.around() && wrappers.contains(path.names().getFirst())) {
        part.mistake(
            "%s is looked for in items, and items are looked for under %s; set wrapped-in, to [] for"
                    .formatted(Mistakes.quote(path.toString()), path.names().getFirst())
                + " none");
      }
    }
  }

  boolean has(String name) {
    return drafts.containsKey(name);
  }

  Set<String> names() {
    return drafts.keySet();
  }

  /** Whether a name is that of a field; when not, this is noted. */
  boolean has(YamlPart at, String name) {
    if (has(name)) {
      return true;
    }
    at.mistake(
        "there is no field %s; fields are %s%s"
            .formatted(
                Mistakes.quote(name),
                Mistakes.some(names().stream()),
                Mistakes.meant(name, names())));
    return false;
  }

  /** A field; {@code null} when there is none or a mistake in it: both are noted. */
  @Nullable FieldSpec find(YamlPart at, String name) {
    return has(at, name) ? spec(name) : null;
  }

  /** A field; {@code null} when there is none or a mistake in it. */
  @Nullable FieldSpec spec(String name) {
    Draft draft = drafts.get(name);
    return draft == null ? null : draft.spec();
  }

  /**
   * Has every record have a value, since something depends on it.
   *
   * @param what for a message, such as {@code the cohort}
   */
  void always(String name, String what) {
    Draft draft = drafts.get(name);
    if (draft == null) {
      return;
    }
    if (draft.optional() && draft.required() != null && needed.add(name)) {
      draft
          .required()
          .mistake("should be true: the field is %s, and always has a value".formatted(what));
    }
    needed.add(name);
  }

  /** All of them; those with a mistake are left out. */
  List<FieldSpec> specs() {
    List<FieldSpec> specs = new ArrayList<>();
    for (Draft draft : drafts.values()) {
      FieldSpec spec = draft.spec();
      if (spec != null) {
        specs.add(
            needed.contains(spec.name()) && !spec.always()
                ? new FieldSpec(
                    spec.name(),
                    spec.type(),
                    spec.from(),
                    /* required= */ true,
                    null,
                    spec.times(),
                    spec.rounded())
                : spec);
      }
    }
    return specs;
  }

  /** A name as SQL compares it. */
  static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
