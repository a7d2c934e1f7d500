package io.crossfade.router.intake;

import io.crossfade.router.KindJar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Those of the examples: by file, and by code. */
class OwnKindsContractIT extends KindContractTest {

  @TempDir private static Path directory;

  @Override
  protected String kinds() {
    return "file:examples/orders/orders.yaml,service:meters";
  }

  @Override
  protected Path golden(String kind) {
    return kind.equals("orders")
        ? Path.of("examples", "orders")
        : Path.of("examples", "meters", "src", "test", "resources", "golden", kind);
  }

  @Override
  protected List<Path> beside() {
    try {
      return List.of(KindJar.of(Path.of("examples", "meters"), directory).resolve(KindJar.NAME));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
