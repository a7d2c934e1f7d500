package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Whatever a file defines: its records come through JSON, entries and tables as they were. */
class KindsRoundTripIT {

  private static final int SEEDS = Integer.getInteger("crossfade.kinds.seeds", 3);

  @Test
  void recordsOfRandomKindsComeThroughUnbent() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      assertThat(roundTrips(seed)).as("seed %d", seed).isGreaterThan(1000);
    }
  }

  /** Kinds are those of a process; a class loader apart from all others is as good as one. */
  private static int roundTrips(long seed) throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader apart =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(apart);
      // Each loader's driver has to be made known.
      Class.forName("com.mysql.cj.jdbc.Driver", true, apart);
      return (int)
          apart
              .loadClass(KindsRoundTrip.class.getName())
              .getMethod("run", long.class, List.class, List.class, String.class)
              .invoke(
                  null,
                  seed,
                  List.of(schemas.control().url(), schemas.legacy().url(), schemas.stream().url()),
                  List.of(
                      schemas.control().username(),
                      Objects.requireNonNull(schemas.migration()).username()),
                  TestDatabase.PASSWORD);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static URL[] classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(KindsRoundTripIT::url)
        .toArray(URL[]::new);
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(entry, e);
    }
  }
}
