package io.crossfade.router.intake;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Proves kinds, by code or by file: whoever has some extends this, says which in {@link #kinds},
 * and puts uploads into {@link #golden}. Kinds are those of a process, so each such test has a
 * class loader of its own; a database is started unless {@code -Dcrossfade.test.mysql-url} names
 * one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class KindContractTest {

  private URLClassLoader apart;
  private AutoCloseable contract;

  /** The kinds, as {@code crossfade.kinds} names them. */
  protected abstract String kinds();

  /**
   * Directory with uploads of a kind ({@code NAME.json}) and what comes of each ({@code NAME.txt}).
   * A test that finds no such text, or another, writes it below {@code target/golden}: read it, and
   * copy it when it is right.
   */
  protected Path golden(String kind) {
    return Path.of("src", "test", "resources", "golden", kind);
  }

  /** Jars and directories beside what the test has on its class path, as {@code loader.path}. */
  protected List<Path> beside() {
    return List.of();
  }

  /** When all is accepted: later than what the golden files say, else that is a clock ahead. */
  protected Instant accepted() {
    return Instant.parse("2100-01-01T00:00:00Z");
  }

  @BeforeAll
  void open() throws Exception {
    apart = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
    ClassLoader before = enter();
    try {
      // Each loader's driver has to be made known.
      Class.forName("com.mysql.cj.jdbc.Driver", true, apart);
      contract =
          (AutoCloseable)
              apart
                  .loadClass(KindContract.class.getName())
                  .getConstructors()[0]
                  .newInstance(
                      kinds(),
                      (Function<String, Path>) this::golden,
                      accepted(),
                      (Supplier<List<String>>) KindContractTest::database);
    } catch (InvocationTargetException e) {
      throw thrown(e);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  @AfterAll
  void close() throws Exception {
    if (contract != null) {
      contract.close();
    }
    apart.close();
  }

  @Test
  void goldenFilesDecode() throws Exception {
    tried("goldenFilesDecode", Path.of("target", "golden"));
  }

  @Test
  void sameBytesGiveTheSameIds() throws Exception {
    tried("sameBytesGiveTheSameIds");
  }

  @Test
  void noFieldIsBent() throws Exception {
    tried("noFieldIsBent");
  }

  @Test
  void writesCommute() throws Exception {
    tried("writesCommute");
  }

  /** Asked from the other class loader; what starts servers is of this one. */
  private static List<String> database() {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(KindContractTest.class.getClassLoader());
    try {
      DbSettings schemas = TestDatabase.newSchemas();
      return List.of(
          schemas.control().url(),
          schemas.legacy().url(),
          schemas.stream().url(),
          schemas.control().username(),
          Objects.requireNonNull(schemas.migration()).username(),
          TestDatabase.PASSWORD);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private void tried(String what, Object... with) throws Exception {
    ClassLoader before = enter();
    try {
      contract
          .getClass()
          .getMethod(what, Arrays.stream(with).map(one -> Path.class).toArray(Class<?>[]::new))
          .invoke(contract, with);
    } catch (InvocationTargetException e) {
      throw thrown(e);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private ClassLoader enter() {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(apart);
    return before;
  }

  /** As an error of this class loader's, which whoever runs tests knows. */
  private static Exception thrown(InvocationTargetException e) {
    Throwable cause = Objects.requireNonNull(e.getCause());
    throw new AssertionError(cause.toString(), cause);
  }

  private URL[] classPath() {
    return Stream.concat(
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of),
            beside().stream())
        .map(KindContractTest::url)
        .toArray(URL[]::new);
  }

  private static URL url(Path entry) {
    try {
      return entry.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(entry.toString(), e);
    }
  }
}
