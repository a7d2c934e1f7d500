package io.crossfade.db.kind;

import io.crossfade.db.Visible;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds kinds by code, with the context class loader: that of a packaged jar has the jars of {@code
 * loader.path} besides its own. Whatever a provider does instead of what it should is refused with
 * a sentence.
 */
public final class KindProviders {

  /** More is no list of kinds. */
  public static final int MOST_BYTES = 1 << 20;

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  /** A provider that is there more often than anybody means. */
  private static final int MOST = 1000;

  /**
   * A provider and its kinds.
   *
   * @param kinds at least one
   */
  public record Provided(KindProvider provider, List<KindSpec> kinds) {}

  private KindProviders() {}

  /**
   * The provider of a name.
   *
   * @throws KindFileException when its definitions have mistakes
   * @throws IllegalArgumentException when there is none, or it cannot be used
   */
  public static Provided named(String name) throws KindFileException {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    KindProvider found = null;
    Set<String> names = new TreeSet<>();
    for (KindProvider provider : all(loader)) {
      String own = name(provider);
      names.add(own);
      if (own.equals(name)) {
        if (found != null) {
          throw new IllegalArgumentException(
              "%s and %s both provide kinds as '%s'"
                  .formatted(type(found), type(provider), Visible.of(name)));
        }
        found = provider;
      }
    }
    if (found == null) {
      throw new IllegalArgumentException(
          names.isEmpty()
              ? "no jar provides kinds; -Dloader.path=DIRECTORY before -jar, or LOADER_PATH, says"
                  + " where such jars are"
              : "no jar provides kinds as '%s', but as %s%s"
                  .formatted(
                      Visible.of(name),
                      Mistakes.some(names.stream()),
                      Mistakes.meant(name, names)));
    }
    refuseTwoJars(found, loader);
    return new Provided(found, KindFile.parse("service:" + name, definitions(found)));
  }

  private static List<KindProvider> all(ClassLoader loader) {
    List<KindProvider> all = new ArrayList<>();
    try {
      Iterator<KindProvider> found = ServiceLoader.load(KindProvider.class, loader).iterator();
      while (found.hasNext() && all.size() < MOST) {
        all.add(found.next());
      }
      return all;
    } catch (ServiceConfigurationError | LinkageError e) {
      // Compiled for a newer Java, a class that is not in the jar, a constructor that throws.
      Throwable cause = e instanceof ServiceConfigurationError ? e.getCause() : null;
      throw new IllegalArgumentException(
          "a jar provides kinds that cannot be loaded: %s%s"
              .formatted(said(e), cause == null ? "" : ": " + said(cause)),
          e);
    }
  }

  private static String name(KindProvider provider) {
    String name = asked(provider, "name", provider::name);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "%s.name() is %s, which is not like %s"
              .formatted(type(provider), Mistakes.quote(name), NAME));
    }
    return name;
  }

  private static String definitions(KindProvider provider) {
    String text = asked(provider, "definitions", provider::definitions);
    // Of UTF-8 a character has one byte at least.
    if (text.length() > MOST_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "%s.definitions() has more than %d bytes".formatted(type(provider), MOST_BYTES));
    }
    return text;
  }

  private static String asked(
      KindProvider provider, String method, Supplier<@Nullable String> asked) {
    String said;
    try {
      said = asked.get();
    } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
      throw new IllegalArgumentException(
          "%s.%s() threw %s".formatted(type(provider), method, said(e)), e);
    }
    if (said == null) {
      throw new IllegalArgumentException("%s.%s() is null".formatted(type(provider), method));
    }
    return said;
  }

  /** Of an older and a newer jar side by side, one would win in silence. */
  private static void refuseTwoJars(KindProvider provider, ClassLoader loader) {
    String file = provider.getClass().getName().replace('.', '/') + ".class";
    Set<String> places = new LinkedHashSet<>();
    try {
      for (URL place : Collections.list(loader.getResources(file))) {
        places.add(place.toString());
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot look for %s: %s".formatted(file, said(e)), e);
    }
    if (places.size() > 1) {
      throw new IllegalArgumentException(
          "%s is there %d times: %s"
              .formatted(type(provider), places.size(), Mistakes.some(places.stream())));
    }
  }

  private static String type(KindProvider provider) {
    return provider.getClass().getName();
  }

  private static String said(Throwable thrown) {
    String message = Objects.toString(thrown.getMessage(), "");
    return Visible.of(
        message.isEmpty()
            ? thrown.getClass().getName()
            : thrown.getClass().getSimpleName() + ": " + message);
  }
}
