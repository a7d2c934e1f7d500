package io.crossfade.reconciler.cli;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which records a command is about. */
final class WindowOptions {

  @Option(
      names = "--from",
      required = true,
      converter = Moment.class,
      description =
          "Accepted from then on: 2026-11-22, 2026-11-22T08:00, 2026-11-22T08:00+08:00 or"
              + " 2026-11-22T00:00:00Z; without an offset in this machine's time zone")
  private Instant from = Instant.EPOCH;

  @Option(names = "--to", converter = Moment.class, description = "and before then; default: now")
  private @Nullable Instant to;

  @Option(names = "--kind", split = ",", description = "Kinds, for example health; default: all")
  private Set<String> kinds = Set.of();

  ComparisonRequest request(Origin origin) {
    Instant end = to == null ? InstantSource.system().instant() : to;
    return new ComparisonRequest(origin, new ComparisonWindow(from, end), kinds(kinds));
  }

  /**
   * Kinds as people write them, or all where they name none. Settings say which kinds there are:
   * they must be read before.
   */
  static Set<Kind> kinds(Collection<String> named) {
    return named.isEmpty()
        ? Kind.all()
        : named.stream().map(Kind::valueOf).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Reads a moment in the forms that people write. */
  static final class Moment implements ITypeConverter<Instant> {

    @Override
    public Instant convert(String value) {
      try {
        if (value.endsWith("Z")) {
          return Instant.parse(value);
        }
        if (value.length() == "2026-11-22".length()) {
          return LocalDate.parse(value).atStartOfDay(ZoneId.systemDefault()).toInstant();
        }
        return value.matches(".*[+-]\\d\\d:?\\d\\d")
            ? OffsetDateTime.parse(value).toInstant()
            : LocalDateTime.parse(value).atZone(ZoneId.systemDefault()).toInstant();
      } catch (DateTimeParseException e) {
        throw new TypeConversionException(
            "'%s' is no moment: write 2026-11-22, 2026-11-22T08:00 or 2026-11-22T00:00:00Z"
                .formatted(value));
      }
    }
  }
}
