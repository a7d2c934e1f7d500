package io.crossfade.db;

import io.crossfade.db.kind.KindFile;
import io.crossfade.db.kind.KindFileException;
import io.crossfade.db.kind.KindProviders;
import io.crossfade.db.kind.KindSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Reads {@code crossfade.kinds} before anything else of an application starts: {@code watches},
 * which is the default, files with more, and code that provides them, comma-separated: {@code
 * watches,file:orders.yaml,service:meters}.
 */
public final class KindsSetting
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

  static final String NAME = "crossfade.kinds";

  private static final String WATCHES = "watches";
  private static final String FILE = "file:";
  private static final String SERVICE = "service:";

  /** A setting that says no kinds; the message is for whoever wrote it. */
  public static final class UnusableException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private UnusableException(String setting, Exception why) {
      super("%s=%s: %s".formatted(NAME, Visible.of(setting), why.getMessage()), why);
    }
  }

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    use(event.getEnvironment());
  }

  /** After the files that settings may stand in, and once it is known how to log. */
  @Override
  public int getOrder() {
    return LoggingApplicationListener.DEFAULT_ORDER + 1;
  }

  /**
   * Takes the kinds that the settings name into use; those that are built in where they name none.
   *
   * @throws UnusableException when they cannot be used
   */
  public static void use(Environment settings) {
    String setting = settings.getProperty(NAME);
    if (setting == null || setting.isBlank()) {
      return;
    }
    try {
      Kinds.use(read(setting));
    } catch (KindFileException | IllegalArgumentException | IllegalStateException e) {
      throw new UnusableException(setting, e);
    }
  }

  /**
   * The kinds that a setting names.
   *
   * @throws KindFileException when a file has mistakes
   * @throws IllegalArgumentException when there is no such file or provider, or it cannot be used
   */
  private static List<KindDefinition> read(String setting) throws KindFileException {
    List<KindDefinition> kinds = new ArrayList<>();
    for (String part : setting.split(",", -1)) {
      String name = part.strip();
      if (name.equals(WATCHES)) {
        kinds.addAll(Watches.all());
      } else if (name.startsWith(FILE)) {
        for (KindSpec spec : parse(Path.of(name.substring(FILE.length())))) {
          kinds.add(new DefinedKind(spec));
        }
      } else if (name.startsWith(SERVICE)) {
        KindProviders.Provided provided = KindProviders.named(name.substring(SERVICE.length()));
        for (KindSpec spec : provided.kinds()) {
          kinds.add(new DefinedKind(spec, provided.provider()));
        }
      } else {
        throw new IllegalArgumentException(
            "'%s' is neither watches, nor file:… with a path, nor service:… with a name"
                .formatted(Visible.of(name)));
      }
    }
    return kinds;
  }

  private static List<KindSpec> parse(Path file) throws KindFileException {
    try {
      if (Files.size(file) > KindProviders.MOST_BYTES) {
        throw new IllegalArgumentException(
            "%s has more than %d bytes".formatted(file, KindProviders.MOST_BYTES));
      }
      return KindFile.parse(
          file.getFileName().toString(), Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot read %s: %s".formatted(file.toAbsolutePath(), e), e);
    }
  }
}
