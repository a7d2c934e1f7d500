package io.crossfade.db.kind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads files that define kinds: YAML with a list {@code kinds}, as the schema beside it describes
 * it for editors.
 */
public final class KindFile {

  /** The schema of such files, as a resource. */
  public static final String SCHEMA = "/crossfade/kinds.schema.json";

  private static final int MOST_KINDS = 64;

  private KindFile() {}

  /**
   * Reads one file.
   *
   * @param name of the file, for messages
   * @throws KindFileException when something in it cannot be meant; the message lists every mistake
   */
  public static List<KindSpec> parse(String name, String text) throws KindFileException {
    return parse(Map.of(name, text));
  }

  /**
   * Reads several files, whose kinds may not share a name, a code, an endpoint or a table either.
   *
   * @param texts by the names of their files
   * @throws KindFileException when something in them cannot be meant; the message lists every
   *     mistake
   */
  public static List<KindSpec> parse(Map<String, String> texts) throws KindFileException {
    Mistakes mistakes = new Mistakes();
    Taken taken = new Taken();
    List<KindSpec> kinds = new ArrayList<>();
    new LinkedHashMap<>(texts)
        .forEach(
            (name, text) -> {
              YamlPart whole = YamlPart.of(name, text, mistakes);
              if (whole != null) {
                kinds.addAll(kinds(whole, taken));
              }
            });
    mistakes.throwIfAny();
    return List.copyOf(kinds);
  }

  private static List<KindSpec> kinds(YamlPart whole, Taken taken) {
    List<KindSpec> kinds = new ArrayList<>();
    YamlPart list = whole.keys(List.of("kinds")).get("kinds");
    if (list == null) {
      if (whole.isMap()) {
        whole.mistake("has no kinds");
      }
      return kinds;
    }
    for (YamlPart part : list.elements(MOST_KINDS)) {
      KindSpec kind = new KindParser(part, taken).read();
      if (kind != null) {
        kinds.add(kind);
      }
    }
    return kinds;
  }
}
