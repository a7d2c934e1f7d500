package io.crossfade.db;

import io.crossfade.db.kind.KindFile;
import io.crossfade.db.kind.KindFileException;
import io.crossfade.db.kind.KindSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Reads {@code crossfade.kinds} before anything else of an application starts: {@code watches},
 * which is the default, and files with more, comma-separated: {@code watches,file:orders.yaml}.
 */
public final class KindsSetting implements EnvironmentPostProcessor, Ordered {

  static final String NAME = "crossfade.kinds";

  private static final String WATCHES = "watches";
  private static final String FILE = "file:";

  /** More is no list of kinds. */
  private static final long MOST_BYTES = 1 << 20;

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    String setting = environment.getProperty(NAME);
    if (setting != null && !setting.isBlank()) {
      try {
        Kinds.use(read(setting));
      } catch (KindFileException e) {
        throw new IllegalArgumentException(NAME + "=" + setting + ":\n" + e.getMessage(), e);
      }
    }
  }

  /** After the files that settings may stand in. */
  @Override
  public int getOrder() {
    return ConfigDataEnvironmentPostProcessor.ORDER + 1;
  }

  /**
   * The kinds that a setting names.
   *
   * @throws KindFileException when a file has mistakes
   * @throws IllegalArgumentException when there is no such file, or it cannot be read
   */
  static List<KindDefinition> read(String setting) throws KindFileException {
    List<KindDefinition> kinds = new ArrayList<>();
    for (String part : setting.split(",", -1)) {
      String name = part.strip();
      if (name.equals(WATCHES)) {
        kinds.addAll(Watches.all());
      } else if (name.startsWith(FILE)) {
        for (KindSpec spec : parse(Path.of(name.substring(FILE.length())))) {
          kinds.add(new DefinedKind(spec));
        }
      } else {
        throw new IllegalArgumentException(
            "%s=%s: '%s' is neither watches nor file:… with a path"
                .formatted(NAME, setting, Visible.of(name)));
      }
    }
    return kinds;
  }

  private static List<KindSpec> parse(Path file) throws KindFileException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new IllegalArgumentException(
            "%s: %s has more than %d bytes".formatted(NAME, file, MOST_BYTES));
      }
      return KindFile.parse(
          file.getFileName().toString(), Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s: cannot read %s: %s".formatted(NAME, file.toAbsolutePath(), e), e);
    }
  }
}
