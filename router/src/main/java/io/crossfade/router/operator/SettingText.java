package io.crossfade.router.operator;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;

/** Values of settings as one would set them, and without secrets. */
final class SettingText {

  /** In the name of what is never shown: rather too much than too little. */
  private static final Pattern SECRET =
      Pattern.compile("password|passwd|secret|token|credential|hash|webhook|private|api-?key");

  /** Who may ask, and what is asked with: both may hold a password. */
  private static final Pattern SECRET_OF_URL = Pattern.compile("//[^/]*@|[?#].*", Pattern.DOTALL);

  private SettingText() {}

  static boolean isSecret(String name) {
    return SECRET.matcher(name).find();
  }

  /** {@code null} for nothing. */
  static @Nullable String of(@Nullable Object value) {
    if (value instanceof Optional<?> maybe) {
      return of(maybe.orElse(null));
    }
    return switch (value) {
      case null -> null;
      case Duration duration -> of(duration);
      case DataSize size -> of(size);
      case Collection<?> many ->
          many.stream().map(one -> String.valueOf(of(one))).collect(Collectors.joining(", "));
      default -> withoutSecrets(String.valueOf(value));
    };
  }

  private static String withoutSecrets(String text) {
    return text.contains("://")
        ? SECRET_OF_URL
            .matcher(text)
            .replaceAll(secret -> secret.group().startsWith("//") ? "//" : "")
        : text;
  }

  private static String of(Duration duration) {
    long millis = duration.toMillis();
    long[] units = {86_400_000, 3_600_000, 60_000, 1_000};
    String[] names = {"d", "h", "m", "s"};
    for (int i = 0; i < units.length; i++) {
      if (millis != 0 && millis % units[i] == 0) {
        return millis / units[i] + names[i];
      }
    }
    return millis + "ms";
  }

  private static String of(DataSize size) {
    long bytes = size.toBytes();
    DataUnit[] units = {
      DataUnit.TERABYTES, DataUnit.GIGABYTES, DataUnit.MEGABYTES, DataUnit.KILOBYTES
    };
    String[] names = {"TB", "GB", "MB", "KB"};
    for (int i = 0; i < units.length; i++) {
      long unit = DataSize.of(1, units[i]).toBytes();
      if (bytes != 0 && bytes % unit == 0) {
        return bytes / unit + names[i];
      }
    }
    return bytes + "B";
  }
}
