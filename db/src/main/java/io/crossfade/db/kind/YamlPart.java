package io.crossfade.db.kind;

import io.crossfade.db.Visible;
import io.crossfade.db.kind.KindFileException.Mistake;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * A part of a YAML file that knows where it stands and under which keys. What is wrong with it is
 * noted, and reading goes on. No types are made of what it holds.
 */
final class YamlPart {

  /** Characters of a file at most. */
  static final int LONGEST = 256 * 1024;

  /** Values of a file at most, each as often as aliases repeat it. */
  private static final int MOST_VALUES = 20_000;

  private static final int DEEPEST = 20;

  private static final Set<Tag> TAGS =
      Set.of(
          Tag.MAP,
          Tag.SEQ,
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.NULL,
          Tag.TIMESTAMP,
          Tag.MERGE);

  private static final Pattern WHOLE = Pattern.compile("-?\\d{1,19}");

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:\\d{1,30}(?:\\.\\d{0,30})?|\\.\\d{1,30})(?:[eE][-+]?\\d{1,2})?");

  private final String file;
  private final String path;
  private final Node node;
  private final Mistakes mistakes;

  /** Under which it stands; {@code null} in a list. */
  private @Nullable ScalarNode key;

  private YamlPart(String file, String path, Node node, Mistakes mistakes) {
    this.file = file;
    this.path = path;
    this.node = node;
    this.mistakes = mistakes;
  }

  /** A whole file; {@code null} when it is not YAML, which is noted. */
  static @Nullable YamlPart of(String file, String yaml, Mistakes mistakes) {
    if (yaml.length() > LONGEST) {
      mistakes.add(
          new Mistake(
              file, 1, 1, "", "has %,d characters; at most %,d".formatted(yaml.length(), LONGEST)));
      return null;
    }
    Node root;
    try {
      root = new Yaml(new LoaderOptions()).compose(new StringReader(yaml));
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      mistakes.add(
          new Mistake(
              file,
              mark == null ? 1 : mark.getLine() + 1,
              mark == null ? 1 : mark.getColumn() + 1,
              "",
              "is not YAML: " + Visible.of(String.valueOf(e.getProblem()))));
      return null;
    } catch (ReaderException e) {
      int at = Math.min(Math.max(e.getPosition(), 0), yaml.length());
      int line = (int) yaml.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
      int column = at - (yaml.lastIndexOf('\n', at - 1) + 1) + 1;
      mistakes.add(
          new Mistake(
              file,
              line,
              column,
              "",
              "is not YAML: a character U+%04X does not belong there".formatted(e.getCodePoint())));
      return null;
    } catch (YAMLException e) {
      mistakes.add(
          new Mistake(
              file, 1, 1, "", "is not YAML: " + Visible.of(String.valueOf(e.getMessage()))));
      return null;
    }
    if (root == null) {
      mistakes.add(new Mistake(file, 1, 1, "", "is empty; it begins with kinds:"));
      return null;
    }
    YamlPart whole = new YamlPart(file, "", root, mistakes);
    return whole.isPlain(root, 0, new int[] {MOST_VALUES}) ? whole : null;
  }

  /** Whether what stands here is values, lists and maps that end. */
  private boolean isPlain(Node some, int depth, int[] left) {
    if (depth > DEEPEST) {
      new YamlPart(file, path, some, mistakes)
          .mistake("is nested more than %d deep".formatted(DEEPEST));
      return false;
    }
    if (left[0]-- == 0) {
      new YamlPart(file, path, some, mistakes)
          .mistake("aliases make more than %,d values of the file".formatted(MOST_VALUES));
      return false;
    }
    if (!TAGS.contains(some.getTag())) {
      new YamlPart(file, path, some, mistakes)
          .mistake(
              "the tag %s is not read; write the value alone"
                  .formatted(Mistakes.quote(some.getTag().getValue())));
      return false;
    }
    switch (some) {
      case MappingNode mapping -> {
        for (NodeTuple tuple : mapping.getValue()) {
          if (!isPlain(tuple.getKeyNode(), depth + 1, left)
              || !isPlain(tuple.getValueNode(), depth + 1, left)) {
            return false;
          }
        }
      }
      case SequenceNode sequence -> {
        for (Node element : sequence.getValue()) {
          if (!isPlain(element, depth + 1, left)) {
            return false;
          }
        }
      }
      default -> {
        // A value.
      }
    }
    return true;
  }

  /** Notes what is wrong here, and what is allowed. */
  void mistake(String what) {
    Mark mark = node.getStartMark();
    mistakes.add(new Mistake(file, mark.getLine() + 1, mark.getColumn() + 1, path, what));
  }

  /** Where it stands, for a message elsewhere: {@code orders.yaml:3}. */
  String place() {
    return file + ":" + (node.getStartMark().getLine() + 1);
  }

  boolean isMap() {
    return node instanceof MappingNode;
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  boolean isEmptyList() {
    return node instanceof SequenceNode sequence && sequence.getValue().isEmpty();
  }

  /** How many keys a map has; 0 for what is none. */
  int size() {
    return node instanceof MappingNode mapping ? mapping.getValue().size() : 0;
  }

  boolean isNothing() {
    return node.getTag().equals(Tag.NULL);
  }

  /**
   * Its values by their keys; none when it is no map, which is noted, as is every key that is not
   * among these. What such a key holds is left out.
   */
  Map<String, YamlPart> keys(List<String> allowed) {
    Map<String, YamlPart> known = new LinkedHashMap<>();
    entries()
        .forEach(
            (key, part) -> {
              if (allowed.contains(key)) {
                known.put(key, part);
              } else {
                part.keyMistake(
                    "is not known; allowed are "
                        + String.join(", ", allowed)
                        + Mistakes.meant(key, allowed));
              }
            });
    return known;
  }

  /** The same, whatever the keys are. */
  Map<String, YamlPart> entries() {
    Map<String, YamlPart> entries = new LinkedHashMap<>();
    if (!(node instanceof MappingNode mapping)) {
      mistake("should have keys with values, as in 'key: value'");
      return entries;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        new YamlPart(file, path, tuple.getKeyNode(), mistakes).mistake("has a key that is no text");
        continue;
      }
      String name = key.getValue();
      YamlPart part =
          new YamlPart(
              file,
              (path.isEmpty() ? "" : path + ".") + Mistakes.cut(name),
              tuple.getValueNode(),
              mistakes);
      part.key = key;
      YamlPart before = entries.putIfAbsent(name, part);
      if (before != null) {
        part.keyMistake("stands twice; first in line " + before.line());
      }
    }
    return entries;
  }

  /** As {@link #mistake}, where its key stands. */
  void keyMistake(String what) {
    ScalarNode at = key;
    if (at == null) {
      mistake(what);
      return;
    }
    Mark mark = at.getStartMark();
    mistakes.add(new Mistake(file, mark.getLine() + 1, mark.getColumn() + 1, path, what));
  }

  private int line() {
    return (key == null ? node : key).getStartMark().getLine() + 1;
  }

  /**
   * Its elements; none when it is no list, which is noted, as is when they are too many or none.
   */
  List<YamlPart> elements(int most) {
    List<YamlPart> elements = new ArrayList<>();
    if (!(node instanceof SequenceNode sequence)) {
      mistake("should be a list, as in '- one'");
      return elements;
    }
    if (sequence.getValue().size() > most) {
      mistake("has %,d elements; at most %,d".formatted(sequence.getValue().size(), most));
      return elements;
    }
    for (Node element : sequence.getValue()) {
      elements.add(new YamlPart(file, path + "[" + elements.size() + "]", element, mistakes));
    }
    if (elements.isEmpty()) {
      mistake("is an empty list");
    }
    return elements;
  }

  /** Its elements, or itself when it is one value: a list of one needs no brackets. */
  List<YamlPart> oneOrMore(int most) {
    return node instanceof ScalarNode ? List.of(this) : elements(most);
  }

  /** Text of a value, also of a number; {@code null} for what is none, which is noted. */
  @Nullable String text() {
    if (!(node instanceof ScalarNode scalar)) {
      mistake("should be a text");
      return null;
    }
    if (isNothing() || scalar.getValue().isEmpty()) {
      mistake("has no value");
      return null;
    }
    String text = scalar.getValue();
    if (text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      mistake("has half of a character, which no database takes");
      return null;
    }
    return text;
  }

  /** The same, and {@code ""} is one. */
  @Nullable String textOrEmpty() {
    return node instanceof ScalarNode scalar && scalar.getValue().isEmpty() && !isNothing()
        ? ""
        : text();
  }

  @Nullable Boolean isTrue() {
    String text = plain();
    switch (text == null ? "" : text) {
      case "true", "True", "TRUE" -> {
        return true;
      }
      case "false", "False", "FALSE" -> {
        return false;
      }
      default -> {
        // Said below.
      }
    }
    mistake("should be true or false" + instead());
    return null;
  }

  @Nullable Integer whole(int least, int most) {
    String text = plain();
    if (text != null && WHOLE.matcher(text).matches()) {
      BigDecimal number = new BigDecimal(text);
      if (number.compareTo(BigDecimal.valueOf(least)) >= 0
          && number.compareTo(BigDecimal.valueOf(most)) <= 0) {
        return number.intValueExact();
      }
    }
    mistake("should be a whole number of %d to %d".formatted(least, most) + instead());
    return null;
  }

  @Nullable BigDecimal number() {
    String text = plain();
    if (text != null && NUMBER.matcher(text).matches()) {
      return new BigDecimal(text);
    }
    mistake("should be a number" + instead());
    return null;
  }

  /** Text without quotes. */
  private @Nullable String plain() {
    return node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN
        ? scalar.getValue()
        : null;
  }

  private String instead() {
    return node instanceof ScalarNode scalar && !isNothing()
        ? ", not "
            + Mistakes.quote(scalar.getValue())
            + (scalar.getScalarStyle() == ScalarStyle.PLAIN ? "" : " in quotes")
        : "";
  }
}
