package io.crossfade.router.history;

import io.crossfade.db.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, for whoever looks at a curve.
 *
 * @param until when it was over; {@code null} for what has no length, and for what lasts
 * @param lasts whether it is not over
 * @param kinds that it concerns; empty when it is none's alone
 * @param values of the sentence that every language has of its sort, in their order
 * @param page of the console that says more
 */
public record Mark(
    Sort sort,
    Instant at,
    @Nullable Instant until,
    boolean lasts,
    List<Kind> kinds,
    List<String> values,
    String page) {

  /** What can be marked. */
  public enum Sort {
    /** The flags of a kind were changed. */
    CHANGE,
    ROLLBACK,
    /** A router left Redis alone. */
    REDIS_AWAY,
    /** A router could not keep what it counted. */
    CONTROL_AWAY,
    STARTED,
    /** A router was started with another release than the one that was started before. */
    DEPLOYED,
    STOPPED,
    /** A router counted no more, and had not stopped. */
    SILENT
  }

  /** Whether some of it is between two moments. */
  boolean touches(Instant from, Instant to) {
    Instant end = lasts ? Instant.MAX : until == null ? at : until;
    return at.isBefore(to) && !end.isBefore(from);
  }

  /** Whether it concerns a kind. */
  public boolean concerns(Kind kind) {
    return kinds.isEmpty() || kinds.contains(kind);
  }

  /** The sentence in the words of a language, a format of {@link java.util.Formatter}. */
  public String in(String words) {
    return String.format(Locale.ROOT, words, values.toArray());
  }
}
