package io.crossfade.router.flags;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.crossfade.db.AcceptedRecord;
import org.jspecify.annotations.Nullable;

/**
 * What the three flags of a kind say.
 *
 * @param cohort devices that the stream serves
 * @param dualWrite whether the other path gets a copy
 * @param optIn whether the stream also serves a client that asks for it, by a {@code _v2} endpoint
 */
public record KindFlags(Cohort cohort, boolean dualWrite, boolean optIn) {

  public static final KindFlags LEGACY = new KindFlags(Cohort.NOBODY, false);
  public static final KindFlags SHADOW = new KindFlags(Cohort.NOBODY, true);

  /** While nothing is known: the opt-in may have been switched off. */
  static final KindFlags UNKNOWN = new KindFlags(Cohort.NOBODY, false, false);

  /** With the opt-in on, as it is until somebody switches it off. */
  public KindFlags(Cohort cohort, boolean dualWrite) {
    this(cohort, dualWrite, true);
  }

  /** Reads what a release that knew no opt-in kept, too. */
  @JsonCreator
  static KindFlags read(
      @JsonProperty("cohort") Cohort cohort,
      @JsonProperty("dualWrite") boolean dualWrite,
      @JsonProperty("optIn") @Nullable Boolean optIn) {
    return new KindFlags(cohort, dualWrite, optIn == null || optIn);
  }

  /** Where they are on the way, for example {@code canary 10 %}. */
  public String place() {
    return stage() == Stage.CANARY || stage() == Stage.NONE
        ? "%s %s %%"
            .formatted(stage().label(), cohort.percentage().stripTrailingZeros().toPlainString())
        : stage().label();
  }

  /** The same with the opt-in on or off. */
  public KindFlags withOptIn(boolean on) {
    return new KindFlags(cohort, dualWrite, on);
  }

  /** Whether others are of the same stage with the same devices, whatever the opt-in. */
  public boolean sameStage(KindFlags others) {
    return equals(others.withOptIn(optIn));
  }

  /**
   * What they say of a record of that kind.
   *
   * @param asked whether the client asked for the stream
   */
  public Assignment assignment(AcceptedRecord accepted, boolean asked) {
    return Assignment.of(
        (asked && optIn) || cohort.contains(accepted.deviceSn(), accepted.owner().customerId()),
        dualWrite);
  }

  @JsonIgnore
  public Stage stage() {
    return Stage.of(cohort, dualWrite);
  }

  /** What these flags endanger, in a sentence; {@code null} when they are a stage. */
  @JsonIgnore
  public @Nullable String danger() {
    return stage() != Stage.NONE
        ? null
        : "The stream serves %s of the devices and nothing is written twice: each output lacks what the"
                .formatted(cohort)
            + " other has, the two cannot be compared, and a rollback leaves a hole in the legacy"
            + " output. Switch dual write on (canary) or roll back.";
  }

  @Override
  public String toString() {
    String stage =
        switch (stage()) {
          case LEGACY, SHADOW, LIVE, COMPLETE -> stage().label();
          case CANARY -> "canary " + cohort;
          case NONE -> "no stage (" + cohort + ", no dual write)";
        };
    return optIn ? stage : stage + ", opt-in off";
  }
}
