package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.kind.KindProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A contract that cannot be broken proves nothing: kinds that break it are named. */
class BadKindsContractIT {

  @TempDir private Path directory;

  /** Reads what it is given, in a way of its own. */
  public abstract static class Shops implements KindProvider {
    @Override
    public String definitions() {
      return """
      kinds:
        - name: shops
          code: 41
          fields:
            - shop: text(20)
          identity: shop
          cohort: shop
      """;
    }
  }

  /** Numbers what it reads. */
  public static final class Counting extends Shops {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public String name() {
      return "counting";
    }

    @Override
    public JsonNode read(String kind, JsonNode item) {
      return ((ObjectNode) item).put("shop", item.path("shop").asText() + count.getAndIncrement());
    }
  }

  /** Depends on who runs it. */
  public static final class Local extends Shops {
    @Override
    public String name() {
      return "local";
    }

    @Override
    @SuppressWarnings("StringCaseLocaleUsage") // This is what is wrong with it.
    public JsonNode read(String kind, JsonNode item) {
      return ((ObjectNode) item).put("shop", item.path("shop").asText().toLowerCase());
    }
  }

  /** Tries one of them. */
  private final class Contract extends KindContractTest {

    private final String name;

    Contract(String name) {
      this.name = name;
    }

    @Override
    protected String kinds() {
      return "service:" + name;
    }

    @Override
    protected Path golden(String kind) {
      return directory;
    }

    @Override
    protected List<Path> beside() {
      return List.of(directory);
    }
  }

  @Test
  void kindsThatBreakTheContractAreNamed() throws Exception {
    Path services = Files.createDirectories(directory.resolve("META-INF").resolve("services"));
    Files.write(
        services.resolve(KindProvider.class.getName()),
        List.of(Counting.class.getName(), Local.class.getName()));
    Files.writeString(directory.resolve("shop.json"), "{\"shop\":\"IKI-1\"}");
    Files.writeString(directory.resolve("shop.txt"), "nothing\n");
    for (String name : List.of("counting", "local")) {
      Contract contract = new Contract(name);
      contract.open();
      try {
        assertThatThrownBy(contract::sameBytesGiveTheSameIds)
            .as(name)
            .isInstanceOf(AssertionError.class)
            .hasMessageContaining("shop.json, read again in ");
        assertThatThrownBy(contract::goldenFilesDecode)
            .isInstanceOf(AssertionError.class)
            .hasMessageContaining("what comes of " + directory.resolve("shop.json"));
      } finally {
        contract.close();
      }
    }
  }
}
