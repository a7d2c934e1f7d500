package io.crossfade.router;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The router.
 *
 * @param accept whether this process takes uploads; false makes it a consumer worker
 * @param zone where the devices' local times are; epochs are turned into it
 * @param urgentEvents event types that go ahead of all others
 * @param maxBody largest body of an upload
 * @param maxNesting how deep an upload is looked into; what is deeper is kept as it came
 * @param maxItems most items in an upload
 * @param deviceTokens what devices must send one of; none leaves the endpoints open
 * @param maxClockAhead how far ahead of the router's a device's clock is believed
 * @param patience how long an upload larger than the memory queue waits for room
 */
@Validated
@ConfigurationProperties("crossfade.router")
public record RouterSettings(
    @DefaultValue("true") boolean accept,
    @DefaultValue("Asia/Shanghai") ZoneId zone,
    @DefaultValue({"SOS_EVENT", "FALLDOWN_EVENT", "ONE_KEY_ALARM"}) @NotEmpty
        Set<String> urgentEvents,
    @DefaultValue("2MB") DataSize maxBody,
    @DefaultValue("32") @Min(8) @Max(1000) int maxNesting,
    @DefaultValue("20000") @Min(1) int maxItems,
    @DefaultValue
        Set<@Size(min = 16, message = "must have at least 16 characters") String> deviceTokens,
    @DefaultValue("1d") @DurationMin(millis = 0) Duration maxClockAhead,
    @DefaultValue("5s") @DurationMin(millis = 0) Duration patience) {

  @Override
  public String toString() {
    return "RouterSettings[accept=%s, zone=%s, %d device tokens]"
        .formatted(accept, zone, deviceTokens.size());
  }
}
