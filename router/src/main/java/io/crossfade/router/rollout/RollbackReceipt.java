package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.KindFlags;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a rollback did and what is still on its way.
 *
 * @param id by which it is found again; {@code null} where nothing was changed, for then there is
 *     nothing to find
 * @param before flags until then
 * @param after flags since then
 * @param stored whether the control schema has them, so that every router gets them; {@code false}
 *     while MySQL is away: then this router rolled back, the others are to be told one by one
 * @param version of the flags, once stored
 * @param instances routers that are up, and whether each routes by the new flags
 * @param firstLegacyMillis from the request to the first upload that the memory queue served for a
 *     device of the stream, on this router; {@code null} until there was one
 * @param inFlight what the streams held at that moment; empty when Redis did not answer
 * @param drained whether all of that has become rows; {@code null} while Redis does not answer
 * @param drainedMillis from the request until then
 * @param notes what an operator should know
 */
public record RollbackReceipt(
    @Nullable String id,
    Instant requestedAt,
    String actor,
    String reason,
    Map<Kind, KindFlags> before,
    Map<Kind, KindFlags> after,
    boolean stored,
    @Nullable Long version,
    List<Applied> instances,
    @Nullable Long firstLegacyMillis,
    List<InFlight> inFlight,
    @Nullable Boolean drained,
    @Nullable Long drainedMillis,
    List<String> notes) {

  /** One router. */
  public record Applied(String instance, boolean applied) {}

  /**
   * What one stream held.
   *
   * @param entries entries without a row; {@code null} when Redis could not count them
   * @param lastEntry the newest; {@code null} in an empty stream
   */
  public record InFlight(String stream, @Nullable Long entries, @Nullable String lastEntry) {}
}
