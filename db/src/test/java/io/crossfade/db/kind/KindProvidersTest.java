package io.crossfade.db.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.DefinedKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kinds by code are found by their name, and whatever a jar has wrong is said in a sentence. */
class KindProvidersTest {

  private static final String VISITS =
      """
      kinds:
        - name: visits
          code: 30
          fields:
            - visitor: text(40)
          identity: visitor
          cohort: visitor
      """;

  @TempDir private Path jar;

  /** Has a name and definitions. */
  public static class Visits implements KindProvider {
    @Override
    public String name() {
      return "visits";
    }

    @Override
    public String definitions() {
      return VISITS;
    }
  }

  /** Of the same name. */
  public static final class OtherVisits extends Visits {}

  /** Of another name. */
  public static final class Sales extends Visits {
    @Override
    public String name() {
      return "sales";
    }

    @Override
    public String definitions() {
      return VISITS.replace("text(40)", "txt");
    }
  }

  /** Has no name. */
  @SuppressWarnings("NullAway") // Nobody checks the code of others.
  public static final class Nameless extends Visits {
    @Override
    public String name() {
      return null;
    }
  }

  /** Has a name that moves a terminal's cursor. */
  public static final class Misnamed extends Visits {
    @Override
    public String name() {
      return "\u001b[2Jvisits";
    }
  }

  /** Throws for a name. */
  public static final class Throwing extends Visits {
    @Override
    public String name() {
      throw new IllegalStateException("no name today");
    }
  }

  /** Has no definitions. */
  @SuppressWarnings("NullAway") // Nobody checks the code of others.
  public static final class Undefined extends Visits {
    @Override
    public String definitions() {
      return null;
    }
  }

  /** Needs what is in no jar. */
  public static final class Incomplete extends Visits {
    @Override
    public String definitions() {
      throw new NoClassDefFoundError("org/example/Tables");
    }
  }

  /** Calls itself. */
  public static final class Endless extends Visits {
    @Override
    @SuppressWarnings("InfiniteRecursion")
    public String definitions() {
      return definitions();
    }
  }

  /** Has definitions of two bytes for each character, and a little more than may be. */
  public static final class Large extends Visits {
    @Override
    public String definitions() {
      return VISITS + "#" + "é".repeat(KindProviders.MOST_BYTES / 2);
    }
  }

  /** Cannot be made. */
  public static final class Unmade extends Visits {
    public Unmade() {
      throw new IllegalStateException("not made");
    }
  }

  @Test
  void kindsOfAProviderAreFoundByItsName() throws Exception {
    KindProviders.Provided provided = named("visits", Sales.class, Visits.class);
    assertThat(provided.provider()).isInstanceOf(Visits.class);
    assertThat(provided.kinds())
        .singleElement()
        .satisfies(kind -> assertThat(kind.name()).isEqualTo("visits"));
    // Read again, by another instance: the same kind. By other code: another.
    DefinedKind kind = new DefinedKind(provided.kinds().getFirst(), provided.provider());
    assertThat(new DefinedKind(kind.spec(), new Visits())).isEqualTo(kind).hasSameHashCodeAs(kind);
    assertThat(new DefinedKind(kind.spec(), new OtherVisits())).isNotEqualTo(kind);
    assertThat(new DefinedKind(kind.spec())).isNotEqualTo(kind);
  }

  @Test
  void nameThatNobodyHasIsRefusedWithThoseThatThereAre() {
    assertThatThrownBy(() -> named("visits"))
        .hasMessageStartingWith("no jar provides kinds; -Dloader.path=");
    assertThatThrownBy(() -> named("visit", Sales.class, Visits.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no jar provides kinds as 'visit', but as sales, visits; did you mean visits?");
  }

  @Test
  void mistakesOfDefinitionsAreNamedAsThoseOfAFile() {
    assertThatThrownBy(() -> named("sales", Sales.class))
        .isInstanceOf(KindFileException.class)
        .hasMessageStartingWith("service:sales:5:18: kinds[0].fields[0].visitor: 'txt' is no type");
  }

  @Test
  void providersThatCannotBeUsedAreRefusedWithASentence() {
    refused("visits", "%s and %s both provide kinds as 'visits'", Visits.class, OtherVisits.class);
    refused("visits", "%s.name() is null", Nameless.class);
    refused("visits", "%s.name() is '\\u001b[2Jvisits', which is not like", Misnamed.class);
    refused("visits", "%s.name() threw IllegalStateException: no name today", Throwing.class);
    refused("visits", "%s.definitions() is null", Undefined.class);
    refused("visits", "%s.definitions() threw NoClassDefFoundError", Incomplete.class);
    refused("visits", "%s.definitions() threw java.lang.StackOverflowError", Endless.class);
    refused("visits", "%s.definitions() has more than 1048576 bytes", Large.class);
    assertThatThrownBy(() -> named("visits", Unmade.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "a jar provides kinds that cannot be loaded",
            "could not be instantiated",
            "IllegalStateException: not made");
  }

  @Test
  void classThatIsNotThereIsNamed() throws Exception {
    services("org.example.Gone");
    assertThatThrownBy(() -> named("visits"))
        .hasMessageContainingAll("a jar provides kinds that cannot be loaded", "org.example.Gone");
  }

  /** A Java that is newer than the process' has class files of a later version. */
  @Test
  void jarForANewerJavaIsRefused() throws Exception {
    byte[] newer = classFile(Visits.class);
    newer[7] = 127;
    String name = "io/crossfade/db/kind/Newer";
    Files.createDirectories(jar.resolve(name).getParent());
    Files.write(jar.resolve(name + ".class"), newer);
    services(name.replace('/', '.'));
    assertThatThrownBy(() -> named("visits"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("cannot be loaded", "UnsupportedClassVersionError");
  }

  /** An older jar that was left beside a newer one. */
  @Test
  void classThatIsThereTwiceIsRefused() throws Exception {
    Path copy = jar.resolve(Visits.class.getName().replace('.', '/') + ".class");
    Files.createDirectories(copy.getParent());
    Files.write(copy, classFile(Visits.class));
    assertThatThrownBy(() -> named("visits", Visits.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(Visits.class.getName() + " is there 2 times: ", jar.toString());
  }

  @SafeVarargs
  private void refused(String name, String message, Class<? extends KindProvider>... providers) {
    assertThatThrownBy(() -> named(name, providers))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            message.formatted(Arrays.stream(providers).map(Class::getName).toArray()));
  }

  @SafeVarargs
  private KindProviders.Provided named(String name, Class<? extends KindProvider>... providers)
      throws IOException, KindFileException {
    if (providers.length > 0) {
      services(Arrays.stream(providers).map(Class::getName).collect(Collectors.joining("\n")));
    }
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      return KindProviders.named(name);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private void services(String names) throws IOException {
    Path directory = Files.createDirectories(jar.resolve("META-INF").resolve("services"));
    Files.writeString(directory.resolve(KindProvider.class.getName()), names);
  }

  private static byte[] classFile(Class<?> type) throws IOException {
    String name = List.of(type.getName().split("\\.")).getLast() + ".class";
    try (InputStream in = Objects.requireNonNull(type.getResourceAsStream(name))) {
      return in.readAllBytes();
    }
  }
}
