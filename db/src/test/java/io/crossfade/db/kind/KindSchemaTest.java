package io.crossfade.db.kind;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.crossfade.db.kind.BadKindFiles.Bad;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** What an editor marks is what the parser refuses, as far as one place of a file shows it. */
class KindSchemaTest {

  private static final JsonSchema SCHEMA = schema();

  private static JsonSchema schema() {
    try (InputStream in = KindFile.class.getResourceAsStream(KindFile.SCHEMA)) {
      return JsonSchemaFactory.getInstance(VersionFlag.V202012)
          .getSchema(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void isASchema() {
    JsonSchema meta =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(java.net.URI.create("https://json-schema.org/draft/2020-12/schema"));
    assertThat(meta.validate(SCHEMA.getSchemaNode())).isEmpty();
  }

  @Test
  void allowsWhatIsGood() throws Exception {
    assertThat(SCHEMA.validate(json(KindFileTest.orders()))).isEmpty();
    assertThat(SCHEMA.validate(json(BadKindFiles.GOOD))).isEmpty();
  }

  /** As the parser: 60 of a table. */
  @Test
  void allowsAsManyColumnsAsATableMayHave() {
    String columns = "{order_no: order_no, changed: since, customer: customer_no}";
    for (int count : new int[] {60, 61}) {
      String list =
          IntStream.range(0, count).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
      String map = list.replaceAll("c\\d+", "$0: $0");
      for (String said : List.of("[" + list + "]", "{" + map + "}")) {
        assertThat(SCHEMA.validate(json(BadKindFiles.GOOD.replace(columns, said))).isEmpty())
            .as(said)
            .isEqualTo(count == 60);
      }
    }
  }

  static List<Bad> badFiles() {
    return BadKindFiles.all();
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void refusesWhatEditorsCanSee(Bad bad) {
    assertThat(!SCHEMA.validate(json(bad.file())).isEmpty())
        .as(bad.said())
        .isEqualTo(bad.seenByEditors());
  }

  /** The file as an editor sees it: YAML 1.2. */
  private static JsonNode json(String yaml) {
    return json(new Yaml(new LoaderOptions()).compose(new StringReader(yaml)));
  }

  private static JsonNode json(Node node) {
    return switch (node) {
      case MappingNode mapping -> {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (NodeTuple tuple : mapping.getValue()) {
          object.set(((ScalarNode) tuple.getKeyNode()).getValue(), json(tuple.getValueNode()));
        }
        yield object;
      }
      case SequenceNode sequence -> {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        sequence.getValue().forEach(element -> list.add(json(element)));
        yield list;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new IllegalArgumentException(node.toString());
    };
  }

  private static JsonNode scalar(ScalarNode scalar) {
    String text = scalar.getValue();
    if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
      return JsonNodeFactory.instance.textNode(text);
    }
    if (text.matches("[-+]?[0-9]+")) {
      return JsonNodeFactory.instance.numberNode(new BigDecimal(text).toBigIntegerExact());
    }
    if (text.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")) {
      return JsonNodeFactory.instance.numberNode(new BigDecimal(text));
    }
    return switch (text) {
      case "true", "True", "TRUE" -> JsonNodeFactory.instance.booleanNode(true);
      case "false", "False", "FALSE" -> JsonNodeFactory.instance.booleanNode(false);
      case "", "~", "null", "Null", "NULL" -> JsonNodeFactory.instance.nullNode();
      default -> JsonNodeFactory.instance.textNode(text);
    };
  }
}
