package io.crossfade.router.overview;

import static io.crossfade.router.overview.Severity.CRITICAL;
import static io.crossfade.router.overview.Severity.INFO;
import static io.crossfade.router.overview.Severity.WARNING;

import io.crossfade.db.Kind;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that needs a person.
 *
 * @param kind whose thing it is; {@code null} when it is nobody's alone
 * @param values of the sentence that every language has of its condition, in their order
 * @param page of the console where one acts
 */
public record Alert(Condition condition, @Nullable Kind kind, List<String> values, String page) {

  /** What can need a person, the worst first. */
  public enum Condition {
    /** Nothing is known of all that the control schema holds: the worst may be the case. */
    CONTROL_AWAY(CRITICAL),
    URGENT_MISSING(CRITICAL),
    LOST(CRITICAL),
    LETTERS_DROPPED(CRITICAL),
    NO_STAGE(CRITICAL),
    ROUTER_SILENT(CRITICAL),
    LOOP_DEAD(CRITICAL),
    PROOF_BROKEN(CRITICAL),
    NIGHT_FAILED(CRITICAL),
    REDIS_AWAY(CRITICAL),
    BREAKER_OPEN(CRITICAL),
    BACKLOG_OLD(CRITICAL),
    QUEUE_FILLING(WARNING),
    QUEUE_FILLING_ELSEWHERE(WARNING),
    UNEXPLAINED(WARNING),
    FELL_BACK(WARNING),
    ROLLBACK_WAITS(WARNING),
    FLAGS_OLD(WARNING),
    FLAGS_NOT_KEPT(WARNING),
    LETTERS_OF_OUTPUTS(WARNING),
    NIGHT_MISSING(WARNING),
    NOT_COMPARED(WARNING),
    NOTHING_TO_PLANT_IN(WARNING),
    LOOP_FAILING(WARNING),
    BREAKER_UNKNOWN(INFO),
    NIGHT_INCONCLUSIVE(INFO),
    LETTERS_OF_INTAKE(INFO),
    COMPARING_PAUSED(INFO),
    HELD(INFO);

    private final Severity severity;

    Condition(Severity severity) {
      this.severity = severity;
    }

    public Severity severity() {
      return severity;
    }
  }

  /** The sentence in the words of a language, a format of {@link java.util.Formatter}. */
  public String in(String words) {
    return String.format(Locale.ROOT, words, values.toArray());
  }
}
