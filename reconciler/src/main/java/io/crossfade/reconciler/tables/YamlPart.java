package io.crossfade.reconciler.tables;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A part of a YAML file that knows where it stands. No types are made of what it holds. */
final class YamlPart {

  /** Something in a file that cannot be meant. */
  static final class PairsFileException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    PairsFileException(String message) {
      super(message);
    }
  }

  private final String file;
  private final String path;
  private final Node node;

  private YamlPart(String file, String path, Node node) {
    this.file = file;
    this.path = path;
    this.node = node;
  }

  static YamlPart of(String file, String yaml) {
    try {
      Node root = new Yaml(new LoaderOptions()).compose(new StringReader(yaml));
      if (root == null) {
        throw new PairsFileException(file + " is empty; it has: left, right, tables");
      }
      return new YamlPart(file, "", root);
    } catch (MarkedYAMLException e) {
      throw new PairsFileException(
          "%s:%d: is not YAML: %s"
              .formatted(
                  file,
                  e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1,
                  e.getProblem()));
    }
  }

  /** What is wrong with this part, and where. */
  PairsFileException mistake(String what) {
    return new PairsFileException(
        "%s:%d: %s %s"
            .formatted(
                file, node.getStartMark().getLine() + 1, path.isEmpty() ? "the file" : path, what));
  }

  /** Refuses any other key. */
  void only(String... allowed) {
    Set<String> known = new TreeSet<>(List.of(allowed));
    entries()
        .forEach(
            (key, part) -> {
              if (!known.contains(key)) {
                throw part.mistake("is not known; allowed are: " + String.join(", ", allowed));
              }
            });
  }

  @Nullable YamlPart get(String key) {
    return entries().get(key);
  }

  YamlPart required(String key) {
    YamlPart part = get(key);
    if (part == null) {
      throw mistake("has no " + key);
    }
    return part;
  }

  Map<String, YamlPart> entries() {
    if (!(node instanceof MappingNode mapping)) {
      throw mistake("should have keys and values");
    }
    Map<String, YamlPart> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw mistake("has a key that is no text");
      }
      String name = key.getValue();
      YamlPart part =
          new YamlPart(file, path.isEmpty() ? name : path + "." + name, tuple.getValueNode());
      if (entries.put(name, part) != null) {
        throw part.mistake("stands twice");
      }
    }
    return entries;
  }

  List<YamlPart> elements() {
    if (!(node instanceof SequenceNode sequence)) {
      throw mistake("should be a list");
    }
    List<YamlPart> elements = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      elements.add(new YamlPart(file, path + "[" + elements.size() + "]", element));
    }
    return elements;
  }

  String text() {
    if (node instanceof ScalarNode scalar && !Objects.toString(scalar.getValue(), "").isEmpty()) {
      return scalar.getValue();
    }
    throw mistake("should be a text");
  }

  boolean isTrue() {
    return switch (text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw mistake("should be true or false");
    };
  }

  int number(int least, int most) {
    try {
      int number = Integer.parseInt(text());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw mistake("should be a whole number of %d to %d".formatted(least, most));
  }
}
