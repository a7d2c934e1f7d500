package io.crossfade.reconciler;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How outputs are compared.
 *
 * @param target least share of rows that agree or are explained, percent
 * @param explained greatest share of rows that are explained and not agreed, percent; above it
 *     nothing is proven
 * @param settle how long ago a record was accepted before it is compared, beside what the paths
 *     report
 * @param patience how long a second look waits until both paths are past what differed
 * @param urgentEvents event types of which none may be missing
 * @param busyThreads statements running at once on an output's server above which a run waits
 */
@Validated
@ConfigurationProperties("crossfade.reconciler")
public record ComparisonSettings(
    @DefaultValue("99.9") @DecimalMin("0") @DecimalMax("100") double target,
    @DefaultValue("1") @DecimalMin("0") @DecimalMax("100") double explained,
    @DefaultValue("5s") @DurationMin(millis = 0) Duration settle,
    @DefaultValue("60s") @DurationMin(millis = 0) Duration patience,
    @DefaultValue({"SOS_EVENT", "FALLDOWN_EVENT", "ONE_KEY_ALARM"}) Set<String> urgentEvents,
    @DefaultValue("40") @Min(1) int busyThreads) {}
