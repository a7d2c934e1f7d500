package io.crossfade.router.gates;

import io.crossfade.reconciler.diff.Proof;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Figures of one kind since its flags became what they are. What is empty is not known.
 *
 * @param since when its flags last changed
 * @param comparedUntil end of the newest compared window
 * @param compared records that at least one output has, in all compared windows
 * @param unexplained those that differ or are missing, without an explanation
 * @param urgentMissing urgent events among them that an output lacks
 * @param oldestUnacknowledged age of the oldest entry whose row is not committed; empty when Redis
 *     cannot be asked
 * @param legacyP95 accept-to-row, ms: the median of the compared windows' p95
 * @param streamP95 likewise
 * @param streamServed records that the stream served
 * @param fallbacks records meant for the stream that the memory queue took
 * @param legacyRate rows per second of writing of one writer
 * @param streamRate likewise
 * @param legacyHeld records in the memory queues of all routers
 * @param proven of the compared records, those in windows whose comparison proved itself
 * @param proof what became of the rows that were planted in all windows
 * @param brokenProofs windows of the last hour whose comparison missed or invented a plant
 * @param explained records that do not agree, and it is known why
 * @param lost records that a path accepted and never wrote
 * @param urgentCompared urgent events that were compared; empty for a kind that has none
 * @param checks of one's own, as they stand on this router
 */
public record GateEvidence(
    Instant at,
    Instant since,
    Optional<Instant> comparedUntil,
    long compared,
    long unexplained,
    long urgentMissing,
    Optional<Duration> oldestUnacknowledged,
    OptionalDouble legacyP95,
    OptionalDouble streamP95,
    long streamServed,
    long fallbacks,
    OptionalDouble legacyRate,
    OptionalDouble streamRate,
    OptionalLong legacyHeld,
    long proven,
    Proof proof,
    long brokenProofs,
    long explained,
    long lost,
    OptionalLong urgentCompared,
    List<CheckReading> checks) {

  /** The same with these checks. */
  public GateEvidence with(List<CheckReading> readings) {
    return new GateEvidence(
        at,
        since,
        comparedUntil,
        compared,
        unexplained,
        urgentMissing,
        oldestUnacknowledged,
        legacyP95,
        streamP95,
        streamServed,
        fallbacks,
        legacyRate,
        streamRate,
        legacyHeld,
        proven,
        proof,
        brokenProofs,
        explained,
        lost,
        urgentCompared,
        readings);
  }

  /** Figures where nobody has checks of their own. */
  public GateEvidence(
      Instant at,
      Instant since,
      Optional<Instant> comparedUntil,
      long compared,
      long unexplained,
      long urgentMissing,
      Optional<Duration> oldestUnacknowledged,
      OptionalDouble legacyP95,
      OptionalDouble streamP95,
      long streamServed,
      long fallbacks,
      OptionalDouble legacyRate,
      OptionalDouble streamRate,
      OptionalLong legacyHeld,
      long proven,
      Proof proof,
      long brokenProofs,
      long explained,
      long lost,
      OptionalLong urgentCompared) {
    this(
        at,
        since,
        comparedUntil,
        compared,
        unexplained,
        urgentMissing,
        oldestUnacknowledged,
        legacyP95,
        streamP95,
        streamServed,
        fallbacks,
        legacyRate,
        streamRate,
        legacyHeld,
        proven,
        proof,
        brokenProofs,
        explained,
        lost,
        urgentCompared,
        List.of());
  }
}
