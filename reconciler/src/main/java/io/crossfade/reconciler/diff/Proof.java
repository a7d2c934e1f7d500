package io.crossfade.reconciler.diff;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What a run made of the rows that were planted for it.
 *
 * @param planted rows that it had to name
 * @param found of those, how many it named as what they are, and excused by nothing
 * @param invented rows that it named as something else, or though there was nothing to name
 * @param bare rows that it compared in tables in which no row could be planted
 */
public record Proof(long planted, long found, long invented, long bare) {

  public static final Proof NONE = new Proof(0, 0, 0, 0);

  public Proof plus(Proof other) {
    return new Proof(
        planted + other.planted, found + other.found, invented + other.invented, bare + other.bare);
  }

  /** The same, of a table of which so many rows were compared. */
  public Proof of(long compared) {
    return new Proof(planted, found, invented, planted == 0 ? compared : 0);
  }

  /** Whether every plant was found and none invented, in every table with rows. */
  @JsonProperty
  public boolean isFull() {
    return !isBroken() && bare == 0;
  }

  /** Whether a plant was missed, or something invented. */
  @JsonIgnore
  public boolean isBroken() {
    return found < planted || invented > 0;
  }

  /** In words. */
  @Override
  public String toString() {
    String said =
        String.format(Locale.ROOT, "%d of %d planted found, %d invented", found, planted, invented);
    return bare == 0
        ? said
        : String.format(
            Locale.ROOT, "%s, %d rows compared where none could be planted in", said, bare);
  }
}
