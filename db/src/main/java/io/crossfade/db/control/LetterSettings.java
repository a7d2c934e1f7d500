package io.crossfade.db.control;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How much dead letters may take. Each source (intake, legacy, stream) has a quota of its own: what
 * a device makes up takes no room from records that an output refused.
 *
 * @param perMinute letters of items that are no records, which anybody can send, that this process
 *     keeps in a minute; more are counted and not kept
 * @param maxBytes of all letters of a source, closed ones included, with {@link
 *     LetterQuota#ROW_BYTES} for each besides its body; closed ones make room, the oldest first
 * @param maxBody of a letter's body; what is longer is clipped, and cannot be redriven
 */
@Validated
@ConfigurationProperties("crossfade.letters")
public record LetterSettings(
    @DefaultValue("6000") @Min(1) int perMinute,
    @DefaultValue("1GB") DataSize maxBytes,
    @DefaultValue("256KB") DataSize maxBody) {

  public LetterSettings {
    atLeast("max-bytes", maxBytes, DataSize.ofKilobytes(1));
    atLeast("max-body", maxBody, DataSize.ofKilobytes(1));
    if (maxBody.compareTo(DataSize.ofMegabytes(64)) > 0) {
      throw new IllegalArgumentException(
          "crossfade.letters.max-body is %s; at most 64MB".formatted(maxBody));
    }
  }

  private static void atLeast(String name, DataSize value, DataSize least) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          "crossfade.letters.%s is %s; at least %s".formatted(name, value, least));
    }
  }
}
