package io.crossfade.router.operator;

import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads what people name in requests. */
public final class Choice {

  /** Of a DATETIME. */
  private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

  private Choice() {}

  /**
   * A constant as people write it: {@code missing-in-stream}, {@code MISSING_IN_STREAM}; {@code
   * null} for nothing.
   */
  public static <E extends Enum<E>> @Nullable E of(Class<E> type, @Nullable String given)
      throws RefusedException {
    return given == null || given.isEmpty() ? null : required(type, given);
  }

  /** A kind as people write it; {@code null} for nothing. */
  public static @Nullable Kind kind(@Nullable String given) throws RefusedException {
    if (given == null || given.isEmpty()) {
      return null;
    }
    return Kind.ofName(given.replace('-', '_'))
        .orElseThrow(
            () ->
                new RefusedException(
                    Refusal.UNREADABLE,
                    "%s is not one of %s".formatted(given, Arrays.toString(Kind.values()))));
  }

  /** The same where something must be named. */
  public static <E extends Enum<E>> E required(Class<E> type, String given)
      throws RefusedException {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(given.replace('-', '_')))
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    Refusal.UNREADABLE,
                    "%s is not one of %s"
                        .formatted(given, Arrays.toString(type.getEnumConstants()))));
  }

  /**
   * A moment that the database can keep and stamps can count.
   *
   * @param name of the field, for the refusal
   */
  public static Instant moment(String name, @Nullable Instant given) throws RefusedException {
    if (given == null || given.isBefore(Instant.EPOCH) || given.isAfter(LAST)) {
      throw new RefusedException(
          Refusal.UNREADABLE,
          "%s must be a moment from %s to %s, not %s".formatted(name, Instant.EPOCH, LAST, given));
    }
    return given;
  }

  /** The id of a record or a letter: 32 hexadecimal digits. */
  public static RecordId recordId(String given) throws RefusedException {
    try {
      return RecordId.parse(given);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          Refusal.UNREADABLE, "%s is no id of 32 hexadecimal digits".formatted(given));
    }
  }
}
