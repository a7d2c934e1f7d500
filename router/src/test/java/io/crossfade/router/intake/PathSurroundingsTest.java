package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.crossfade.db.kind.FieldPath;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An item alone is read with what it was read with among others. */
class PathSurroundingsTest {

  private static final List<String> WRAPPED = List.of("items", "data");

  private static final List<FieldPath> PATHS =
      List.of("^a", "^c.d", "^c.d.e", "^c", "^\"x.y\"", "^b.z").stream()
          .map(FieldPath::parse)
          .toList();

  @Test
  void everyPathFindsWhatItFound() throws Exception {
    for (int seed = 0; seed < 5000; seed++) {
      Random random = new Random(seed);
      List<FieldPath> paths = PATHS.stream().filter(path -> random.nextBoolean()).toList();
      int depth = random.nextInt(4);
      String sent = random.nextInt(5) > 0 ? RandomKinds.item(random) : RandomKinds.value(random);
      for (int i = 0; i < depth; i++) {
        String outer = RandomKinds.item(random);
        sent =
            (outer.length() > 2 ? outer.replaceFirst("}$", ",") : "{") + "\"items\":" + sent + "}";
      }
      Item item = alone(FieldReaderTest.json(sent), depth);
      JsonNode upload = new PathSurroundings(WRAPPED, paths).of(item);
      // As a letter has it, and as it is read again.
      Item again = alone(FieldReaderTest.json(upload.toString()), depth);
      assertThat(again.node().toString())
          .as("seed %d", seed)
          .isEqualTo(Values.wellFormed(item.node().toString()));
      for (FieldPath path : paths) {
        assertThat(found(again, path)).as("seed %d: %s", seed, path).isEqualTo(found(item, path));
      }
    }
  }

  /** The item of an upload that wraps it so often. */
  private static Item alone(JsonNode upload, int wrapped) {
    Item item = new Item(upload, List.of());
    for (int i = 0; i < wrapped; i++) {
      item = item.inner(item.node().get(WRAPPED.getFirst()));
    }
    boolean listed = wrapped > 0 && item.node() instanceof ArrayNode list && list.size() == 1;
    return listed && isEmpty(item.node().get(0))
        ? new Item(item.node().get(0), item.around())
        : item;
  }

  private static boolean isEmpty(JsonNode node) {
    return Values.isEmpty(node) || (node.isContainerNode() && node.isEmpty());
  }

  /** What a path finds, as text; half a character is a question mark in a letter. */
  private static String found(Item item, FieldPath path) {
    try {
      return Values.wellFormed(String.valueOf(FieldReader.first(item, List.of(path), "f")));
    } catch (UnreadableItemException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** What is too long to be kept is not taken for what was not sent. */
  @Test
  void whatIsUnreadableForItsLengthStaysUnreadable() throws Exception {
    String large = "\"" + "x".repeat(5000) + "\"";
    FieldPath path = FieldPath.parse("^c.d");
    for (String sent : List.of("{\"c\":%s}", "{\"c\":[%s]}", "{\"c\":{\"d\":%s}}")) {
      JsonNode outer = FieldReaderTest.json(sent.formatted(large));
      JsonNode upload =
          new PathSurroundings(WRAPPED, List.of(path))
              .of(new Item(FieldReaderTest.json("{\"k\":1}"), List.of(outer)));
      assertThat(found(alone(upload, 1), path)).as(upload.toString()).isNotEqualTo("null");
    }
  }

  @Test
  void manyItemsDoNotMultiplyWhatIsAroundThem() {
    String large = "[" + "\"x\",".repeat(5000) + "1]";
    JsonNode outer = FieldReaderTest.json("{\"a\":%s,\"c\":{\"d\":1}}".formatted(large));
    JsonNode upload =
        new PathSurroundings(WRAPPED, PATHS)
            .of(new Item(FieldReaderTest.json("{\"k\":1}"), List.of(outer)));
    assertThat(upload)
        .isEqualTo(FieldReaderTest.json("{\"a\":[],\"c\":{\"d\":1},\"items\":{\"k\":1}}"));
  }
}
