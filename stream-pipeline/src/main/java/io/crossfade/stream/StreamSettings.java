package io.crossfade.stream;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The stream path.
 *
 * @param keyPrefix put before every key, to keep several installations on one Redis apart
 * @param consume whether this process writes what the streams hold; false where workers do
 * @param validateOnly consumers decode, check, count and acknowledge, but write nothing: for the
 *     first days of a migration
 * @param maxConsumers consumers per kind in this process at most
 * @param claimIdle entries that their consumer has not acknowledged for so long go to another one
 * @param retention acknowledged entries older than this are trimmed
 * @param appendTimeout how long an append waits for Redis before the record falls back
 * @param maxInFlight appends waiting for Redis at most, and as many copies besides; more are
 *     refused at once
 * @param maxBytes of Redis' memory that a stream may take; acknowledged entries beyond are trimmed
 *     though they are younger than the retention. 0 for a fifth of what Redis may use
 * @param maxDeliveries an entry that was given to consumers so often and is not acknowledged goes
 *     to the dead letters
 * @param partitions of each stream, 1 to 4,096: the devices' buckets are shared out among them. 1
 *     for streams as a whole, under keys without a number
 */
@Validated
@ConfigurationProperties("crossfade.stream")
public record StreamSettings(
    @DefaultValue("") @Pattern(regexp = "[\\w:.-]*") String keyPrefix,
    @DefaultValue("true") boolean consume,
    @DefaultValue("false") boolean validateOnly,
    @DefaultValue("4") @Min(1) @Max(32) int maxConsumers,
    @DefaultValue("30s") @DurationMin(millis = 100) Duration claimIdle,
    @DefaultValue("24h") @DurationMin(millis = 1) Duration retention,
    @DefaultValue("1s") @DurationMin(millis = 1) Duration appendTimeout,
    @DefaultValue("20000") @Min(1) int maxInFlight,
    @DefaultValue("0B") DataSize maxBytes,
    @DefaultValue("8") @Min(4) int maxDeliveries,
    @DefaultValue("1") @Min(1) @Max(StreamLayout.MOST) int partitions) {

  /** Every process reads through the one group. */
  static final String GROUP = "crossfade";

  private static final int KEYS_LOOKED_AT = 16;

  /** Of streams to look at when Redis is new to us; of partitions some stand for all. */
  List<String> keys() {
    StreamLayout layout = new StreamLayout(partitions);
    return keys(
        StreamName.values().stream()
            .flatMap(whole -> layout.of(whole).stream().limit(KEYS_LOOKED_AT))
            .toList());
  }

  List<String> keys(List<StreamName> streams) {
    return streams.stream().map(this::key).toList();
  }

  String key(StreamName stream) {
    return keyPrefix + stream.key();
  }
}
